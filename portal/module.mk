# The portal: hanse-portal, its pages, messages and statements.
portal_WEB := $(wildcard portal/web/*.c)
portal_PAGES := $(wildcard portal/pages/*.html)
portal_STATIC := $(wildcard portal/static/*.css portal/static/*.js portal/static/*.svg)
portal_PO := portal/po/en.po portal/po/de.po portal/po/zh.po

EMBEDS += portal_sql
portal_sql_FILES := $(wildcard portal/sql/*.sql)

GENERATED += $(B)/gen/portal_po.h $(B)/gen/portal_pages.h

$(B)/gen/portal_po.c $(B)/gen/portal_po.h &: $(portal_PO) $(B)/tools/po-compiler
	@mkdir -p $(B)/gen
	$(B)/tools/po-compiler $(B)/gen/portal_po.c $(B)/gen/portal_po.h $(portal_PO)

$(B)/gen/portal_pages.c $(B)/gen/portal_pages.h &: $(portal_PAGES) $(portal_STATIC) portal/po/en.po $(B)/tools/page-compiler
	@mkdir -p $(B)/gen
	$(B)/tools/page-compiler $(B)/gen/portal_pages.c $(B)/gen/portal_pages.h portal/po/en.po portal/static $(portal_PAGES)

LIBRARIES += web
web_SRCS := $(filter-out portal/web/fcgi.c,$(portal_WEB)) $(B)/gen/portal_po.c $(B)/gen/portal_pages.c
web_PKGS := libcrypto

PROGRAMS += hanse-portal
hanse-portal_SRCS := $(wildcard portal/*.c) portal/web/fcgi.c $(B)/gen/portal_sql.c
hanse-portal_LIBS := web tenant base
hanse-portal_PKGS := jansson
hanse-portal_LDLIBS := -lfcgi

TESTS += test_web_params test_web_request test_web_i18n test_web_html
define web_test
$(1)_SRCS := tests/unit/$(1).c
$(1)_LIBS := web base
$(1)_PKGS := cmocka
endef
$(foreach t,$(filter test_web_%,$(TESTS)),$(eval $(call web_test,$(t))))

FUZZERS += fuzz_form
fuzz_form_SRCS := tests/fuzz/fuzz_form.c
fuzz_form_LIBS := web base
fuzz_form_SEEDS := tests/fuzz/seeds/form
