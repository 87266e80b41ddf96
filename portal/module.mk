# The portal and the console: their pages, messages and statements.
#
#   web    plumbing: requests, answers, languages; knows no page
#   site   what both programs share: log-in, sessions, the frame of a page
portal_WEB := $(wildcard portal/web/*.c)
portal_STATIC := $(wildcard portal/static/*.css portal/static/*.js portal/static/*.svg)
portal_PO := portal/po/en.po portal/po/de.po portal/po/zh.po

EMBEDS += site_sql portal_sql console_sql
site_sql_FILES := $(wildcard portal/site/sql/*.sql)
portal_sql_FILES := $(wildcard portal/sql/*.sql)
console_sql_FILES := $(wildcard portal/console/sql/*.sql)

# Pages of a folder: pages_rule NAME FOLDER OPTIONS -> gen/NAME_pages.{c,h}
define pages_rule
GENERATED += $(B)/gen/$(1)_pages.h
$(1)_PAGES := $(wildcard $(2)/*.html)
$(B)/gen/$(1)_pages.c $(B)/gen/$(1)_pages.h &: $$($(1)_PAGES) $(portal_STATIC) portal/po/en.po $(B)/tools/page-compiler
	@mkdir -p $(B)/gen
	$(B)/tools/page-compiler $(B)/gen/$(1)_pages.c $(B)/gen/$(1)_pages.h portal/po/en.po portal/static $(3) $$($(1)_PAGES)
endef
$(eval $(call pages_rule,site,portal/site/pages))
$(eval $(call pages_rule,portal,portal/pages,--with gen/site_pages.h))
$(eval $(call pages_rule,console,portal/console/pages,--with gen/site_pages.h))

GENERATED += $(B)/gen/portal_po.h
$(B)/gen/portal_po.c $(B)/gen/portal_po.h &: $(portal_PO) $(B)/tools/po-compiler
	@mkdir -p $(B)/gen
	$(B)/tools/po-compiler $(B)/gen/portal_po.c $(B)/gen/portal_po.h $(portal_PO)

LIBRARIES += web
web_SRCS := $(filter-out portal/web/fcgi.c,$(portal_WEB)) $(B)/gen/portal_po.c $(B)/gen/site_pages.c
web_PKGS := libcrypto

LIBRARIES += site
site_SRCS := $(wildcard portal/site/*.c) portal/web/fcgi.c $(B)/gen/site_sql.c
site_LDLIBS := -lfcgi

PROGRAMS += hanse-portal
hanse-portal_SRCS := $(wildcard portal/*.c) $(B)/gen/portal_sql.c $(B)/gen/portal_pages.c
hanse-portal_LIBS := site web tenant base
hanse-portal_PKGS := jansson

PROGRAMS += hanse-console
hanse-console_SRCS := $(wildcard portal/console/*.c) $(B)/gen/console_sql.c $(B)/gen/console_pages.c
hanse-console_LIBS := site web tcoxlsx tcofocus tcoreport tcodoc tco tenant base
hanse-console_PKGS := jansson

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
