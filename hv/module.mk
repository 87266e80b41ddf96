LIBRARIES += hv
hv_SRCS := $(wildcard hv/*.c) $(B)/gen/hv_xml.c
hv_PKGS := libvirt libxml-2.0 libcrypto

EMBEDS += hv_xml
hv_xml_FILES := $(wildcard hv/*.xml)
