# dom: what a domain looks like, as XML.
EMBEDS += dom_xml
dom_xml_FILES := $(wildcard dom-templates/*.xml)
LIBRARIES += dom
dom_SRCS := dom-templates/dom_template.c dom-templates/image_manifest.c \
    dom-templates/render.c $(B)/gen/dom_xml.c
