# gw: what provisioning links. gwcore: the gateway but for its main.
LIBRARIES += gw
gw_SRCS := shared-db-gateway/client.c shared-db-gateway/route_file.c \
    shared-db-gateway/scram.c
gw_PKGS := jansson libcrypto
