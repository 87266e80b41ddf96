/* step.c - what makes and removes a thing of each kind: the table. */

#include "provisioning/step.h"

/* clang-format off */
static const struct step_ops *const ops[OBJECT_KIND_COUNT] = {
	[OBJ_IMAGE]      = &step_image,
	[OBJ_NETWORK]    = &step_network,
	[OBJ_VOLUME]     = &step_volume,
	[OBJ_CREDENTIAL] = &step_credential,
	[OBJ_VE]         = &step_ve,
	[OBJ_ENTERPRISE] = &step_enterprise,
	[OBJ_SERVICE]    = &step_service,
	[OBJ_PERSON]     = &step_person,
	[OBJ_DB_DOMAIN]  = &step_db_domain,
	[OBJ_SERVERS]    = &step_servers,
	[OBJ_DATABASE]   = &step_database,
	[OBJ_ROLE]       = &step_role,
	[OBJ_MEMBERS]    = &step_members,
	[OBJ_ROUTE]      = &step_route,
	[OBJ_DOMAIN]     = &step_domain,
	[OBJ_EDGE]       = &step_edge,
	[OBJ_PORTAL]     = &step_portal,
	[OBJ_DOCUMENTS]  = &step_documents,
};
/* clang-format on */

const struct step_ops *step_ops_of(enum object_kind kind)
{
	return ops[kind];
}
