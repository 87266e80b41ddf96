# dom: what a domain looks like, as XML.
EMBEDS += dom_xml
dom_xml_FILES := $(wildcard dom-templates/*.xml)
LIBRARIES += dom
dom_SRCS := dom-templates/dom_template.c dom-templates/image_manifest.c \
    dom-templates/render.c $(B)/gen/dom_xml.c

# hanse-init: process 1 of every domain; static, so that the initramfs needs
# nothing else. Of base it takes what needs no library.
hanse_init_PARTS := $(addprefix dom-templates/init/,confine.c conf.c cpus.c \
    mounts.c names.c net.c power.c relay.c service.c stage1.c supervise.c sweep.c)
PROGRAMS += hanse-init
hanse-init_SRCS := dom-templates/init/main.c $(hanse_init_PARTS) \
    base/err.c base/log.c base/mem.c base/text.c
hanse-init_LDFLAGS := -static

# The system images, in /var/lib/hanse/images; needs root. IMAGES: those, else
# what every platform has and what this one has had.
.PHONY: images
images: $(B)/hanse-init $(B)/hanse-portal
	@dom-templates/image/build.sh -b $(B) $(IMAGES)

dom_TESTS := test_dom_image test_dom_render test_dom_template
TESTS += $(dom_TESTS) test_dom_init
define dom_test
$(1)_SRCS := tests/unit/$(1).c
$(1)_LIBS := dom base
$(1)_PKGS := cmocka libxml-2.0
endef
$(foreach t,$(dom_TESTS),$(eval $(call dom_test,$(t))))
test_dom_init_SRCS := tests/unit/test_dom_init.c $(hanse_init_PARTS)
test_dom_init_LIBS := base
test_dom_init_PKGS := cmocka

FUZZERS += fuzz_domain_conf
fuzz_domain_conf_SRCS := tests/fuzz/fuzz_domain_conf.c $(hanse_init_PARTS)
fuzz_domain_conf_LIBS := base
fuzz_domain_conf_SEEDS := tests/fuzz/seeds/domain_conf
