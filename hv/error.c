/* error.c - libvirt's errors as ours. */

#include <libvirt/virterror.h>
#include <stdarg.h>
#include <string.h>

#include "base/err.h"
#include "hv/conn.h"
#include "hv/pool.h"

/* clang-format off */
/* What is not here is HS_EREMOTE: the service failed. */
static const struct code {
	int vir;
	enum hs_code code;
} codes[] = {
	{ VIR_ERR_NO_DOMAIN,            HS_ENOTFOUND },
	{ VIR_ERR_NO_NETWORK,           HS_ENOTFOUND },
	{ VIR_ERR_NO_NWFILTER,          HS_ENOTFOUND },
	{ VIR_ERR_NO_NAME,              HS_EINVAL    },
	{ VIR_ERR_XML_ERROR,            HS_EINVAL    },
	{ VIR_ERR_XML_DETAIL,           HS_EINVAL    },
	{ VIR_ERR_XML_INVALID_SCHEMA,   HS_EINVAL    },
	{ VIR_ERR_INVALID_ARG,          HS_EINVAL    },
	{ VIR_ERR_INVALID_MAC,          HS_EINVAL    },
	{ VIR_ERR_INVALID_NWFILTER,     HS_EINVAL    },
	{ VIR_ERR_CONFIG_UNSUPPORTED,   HS_EINVAL    },
	{ VIR_ERR_ARGUMENT_UNSUPPORTED, HS_EINVAL    },
	{ VIR_ERR_NO_SUPPORT,           HS_EINVAL    },
	{ VIR_ERR_OPERATION_UNSUPPORTED, HS_EINVAL   },
	{ VIR_ERR_DOM_EXIST,            HS_ECONFLICT },
	{ VIR_ERR_NETWORK_EXIST,        HS_ECONFLICT },
	{ VIR_ERR_OPERATION_INVALID,    HS_ECONFLICT },
	{ VIR_ERR_RESOURCE_BUSY,        HS_ECONFLICT },
	{ VIR_ERR_OPERATION_FAILED,     HS_ECONFLICT }, /* another's UUID */
	{ VIR_ERR_AUTH_FAILED,          HS_EDENIED   },
	{ VIR_ERR_AUTH_UNAVAILABLE,     HS_EDENIED   },
	{ VIR_ERR_ACCESS_DENIED,        HS_EDENIED   },
	{ VIR_ERR_OPERATION_DENIED,     HS_EDENIED   },
	{ VIR_ERR_NO_MEMORY,            HS_ESYSTEM   },
};
/* clang-format on */

enum hs_code hv_code(int vir_code)
{
	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (codes[i].vir == vir_code)
			return codes[i].code;
	return HS_EREMOTE;
}

int hv_fail(struct hv_conn *conn, struct hs_err *err, const char *fmt, ...)
{
	virErrorPtr last = virGetLastError();
	hs_auto(hs_freep) char *what = NULL;
	const char *why;
	va_list ap;

	va_start(ap, fmt);
	what = hs_vprintf(fmt, ap);
	va_end(ap);
	if (atomic_load(&conn->is_cut) && conn->host != NULL)
		return hv_host_fail(conn->host, err);
	if (atomic_load(&conn->is_late))
		return hs_fail(err, HS_EREMOTE,
		    "%s: no answer from libvirt in time", what);
	why = last != NULL && last->message != NULL ? last->message
						    : "libvirt gives no reason";
	return hs_fail(err, hv_code(last != NULL ? last->code : VIR_ERR_OK),
	    "%s: %.*s", what, (int)strcspn(why, "\n"), why);
}
