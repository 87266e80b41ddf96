/* sni.h - for whom a client comes, from the first bytes of its TLS: the server
 * name of RFC 6066, section 3, in the ClientHello of RFC 8446, section 4.1.2.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_SNI_H
#define HANSE_SHARED_DB_GATEWAY_SNI_H

#include <stddef.h>
#include <stdint.h>

#include "shared-db-gateway/wire.h"

#define GW_SNI_MAX 256u
/** A record with its header: what may have to be seen. */
#define GW_RECORD_MAX (16384u + 5u)

/**
 * Read it; any bytes may come.
 *
 * @ret_name:  lower case, "" if the client named none
 * @ret_need:  of GW_MORE: how many bytes there must be
 *
 * Returns GW_GOOD, GW_MORE, or GW_BAD for what is no ClientHello in one record.
 */
enum gw_verdict gw_sni_parse(const uint8_t *data, size_t len,
    char ret_name[GW_SNI_MAX], size_t *ret_need);

#endif
