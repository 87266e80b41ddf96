# gw: what provisioning links. gwcore: the gateway but for its main.
GW := shared-db-gateway
LIBRARIES += gw gwcore
gw_SRCS := $(addprefix $(GW)/,audit_chain.c audit_file.c audit_list.c client.c kinds.c route_file.c route_write.c scram.c)
gw_PKGS := jansson libcrypto
gwcore_SRCS := $(filter-out $(gw_SRCS) $(GW)/main.c,$(wildcard $(GW)/*.c))
gwcore_PKGS := jansson libssl libcrypto libcurl libcyaml libseccomp libxxhash
gwcore_LDLIBS := -lpg_query

PROGRAMS += hanse-gateway
hanse-gateway_SRCS := $(GW)/main.c
hanse-gateway_LIBS := gwcore gw tenant base

TESTS += test_loop
test_loop_SRCS := tests/unit/test_loop.c
test_loop_LIBS := base
test_loop_PKGS := cmocka

# Helpers of tests/gateway/run.sh.
BENCHES += gw_cancel gw_differ gw_escape gw_ledger gw_many gw_protocol gw_routes
gw_cancel_SRCS := tests/gateway/cancel.c
gw_cancel_PKGS := libpq
gw_differ_SRCS := $(wildcard tests/gateway/differ/*.c)
gw_differ_PKGS := libpq libssl
gw_escape_SRCS := tests/gateway/escape.c tests/gateway/judge.c
gw_escape_PKGS := libpq
gw_ledger_SRCS := tests/gateway/ledger.c
gw_ledger_PKGS := libpq
gw_protocol_SRCS := $(wildcard tests/gateway/protocol/*.c) tests/gateway/judge.c
gw_protocol_PKGS := libssl libcrypto
BENCHES += gw_idle
gw_idle_SRCS := bench/gateway/idle.c
gw_idle_PKGS := libssl libcrypto
BENCHES += gw_handshake
gw_handshake_SRCS := bench/gateway/handshake.c
gw_handshake_LIBS := gwcore gw tenant base
BENCHES += gw_zipf
gw_zipf_SRCS := bench/gateway/zipf.c
gw_zipf_PKGS := libpq
gw_zipf_LDLIBS := -lm
gw_many_SRCS := tests/gateway/many.c
gw_many_PKGS := libpq
gw_routes_SRCS := tests/gateway/routes.c
gw_routes_LIBS := gw base

GW_TESTS := test_gw_confine test_gw_front test_gw_outbox test_gw_people test_gw_repeat test_gw_reply test_gw_route test_gw_scram test_gw_session test_gw_tls test_gw_verified test_gw_wire
TESTS += $(GW_TESTS)
$(foreach t,$(GW_TESTS),$(eval $(t)_SRCS := tests/unit/$(t).c))
$(foreach t,$(GW_TESTS),$(eval $(t)_LIBS := gwcore gw tenant base))
$(foreach t,$(GW_TESTS),$(eval $(t)_PKGS := cmocka))
test_gw_front_PKGS := cmocka jansson libssl
$(foreach t,test_gw_tls test_gw_verified,$(eval $(t)_SRCS += tests/unit/gw_identity.c))
$(foreach t,test_gw_tls test_gw_verified,$(eval $(t)_PKGS += jansson libssl libcrypto))

FUZZERS += fuzz_audit fuzz_repeat fuzz_reply fuzz_scram fuzz_shape fuzz_sni fuzz_wire
$(foreach f,fuzz_repeat fuzz_reply fuzz_scram fuzz_sni fuzz_wire,$(eval $(f)_SECONDS := 60))
fuzz_audit_SRCS := tests/fuzz/fuzz_audit.c
fuzz_audit_LIBS := gwcore gw tenant base
fuzz_audit_SEEDS := tests/fuzz/seeds/audit
fuzz_shape_SRCS := tests/fuzz/fuzz_shape.c
fuzz_shape_LIBS := gwcore gw tenant base
fuzz_shape_SEEDS := tests/fuzz/seeds/shape
fuzz_scram_SEEDS := tests/fuzz/seeds/scram
fuzz_sni_SRCS := tests/fuzz/fuzz_sni.c
fuzz_sni_LIBS := gwcore gw tenant base
fuzz_sni_SEEDS := tests/fuzz/seeds/sni
fuzz_wire_SEEDS := tests/fuzz/seeds/wire
fuzz_repeat_SRCS := tests/fuzz/fuzz_repeat.c
fuzz_repeat_LIBS := gwcore gw tenant base
fuzz_repeat_SEEDS := tests/fuzz/seeds/repeat
fuzz_reply_SRCS := tests/fuzz/fuzz_reply.c
fuzz_reply_LIBS := gwcore gw tenant base
fuzz_scram_SRCS := tests/fuzz/fuzz_scram.c
fuzz_scram_LIBS := gwcore gw tenant base
fuzz_wire_SRCS := tests/fuzz/fuzz_wire.c
fuzz_wire_LIBS := gwcore gw tenant base
