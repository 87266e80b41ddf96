# gw: what provisioning links. gwcore: the gateway but for its main.
GW := shared-db-gateway
LIBRARIES += gw gwcore
gw_SRCS := $(addprefix $(GW)/,client.c route_file.c scram.c)
gw_PKGS := jansson libcrypto
gwcore_SRCS := $(filter-out $(gw_SRCS) $(GW)/main.c,$(wildcard $(GW)/*.c))
gwcore_PKGS := jansson libssl libcrypto libcyaml

PROGRAMS += hanse-gateway
hanse-gateway_SRCS := $(GW)/main.c
hanse-gateway_LIBS := gwcore gw base

TESTS += test_loop
test_loop_SRCS := tests/unit/test_loop.c
test_loop_LIBS := base
test_loop_PKGS := cmocka
