LIBRARIES += tenant
tenant_SRCS := $(wildcard tenant-mgr/*.c) $(B)/gen/tenant_text.c
tenant_PKGS := ldap libargon2
tenant_LDLIBS := -llber

EMBEDS += tenant_text
tenant_text_FILES := tenant-mgr/common-passwords.txt

# What tests/directory/run.sh calls; a bench, so that "make" leaves it out.
BENCHES += directory_tool
directory_tool_SRCS := tests/directory/directory_tool.c
directory_tool_LIBS := tenant base

TESTS += test_tenant_dn test_tenant_password test_tenant_words
define tenant_test
$(1)_SRCS := tests/unit/$(1).c
$(1)_LIBS := tenant base
$(1)_PKGS := cmocka
endef
$(foreach t,$(filter test_tenant_%,$(TESTS)),$(eval $(call tenant_test,$(t))))
