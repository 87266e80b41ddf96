# prov: what the command and the daemon share. Lists are explicit: each program
# names its own files.
LIBRARIES += prov
prov_SRCS := provisioning/spec.c provisioning/spec_check.c \
    provisioning/spec_codes.c provisioning/spec_cross.c provisioning/spec_json.c
prov_PKGS := jansson libcyaml yaml-0.1
