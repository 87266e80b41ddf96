/* fuzz_spec.c - libFuzzer over a spec's text: YAML, schema, meaning, JSON.
 *
 * What is accepted must survive being written as JSON, and what is refused
 * must say why. Seeds: tests/golden/spec and etc/examples.
 */

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "provisioning/spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void accepted(const struct spec *spec)
{
	json_t *json = spec_json(spec);

	assert(spec->enterprises_count >= 1);
	for (size_t i = 0; i < spec->enterprises_count; i++) {
		const struct spec_enterprise *e = &spec->enterprises[i];

		assert(e->driver != SPEC_DRIVER_UNSET);
		assert(e->isolation != SPEC_ISOLATION_UNSET);
		assert(e->vcpus >= 1 && e->vcpus <= 64);
		assert(spec_enterprise_find(spec, e->name) == e);
	}
	for (size_t i = 0; i < spec->relations_count; i++) {
		const struct spec_relation *r = &spec->relations[i];

		assert(spec_enterprise_find(spec, r->buyer) != NULL);
		assert(spec_enterprise_find(spec, r->seller) != NULL);
		assert(strcmp(r->buyer, r->seller) != 0);
	}
	json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hs_auto(hs_freep) char *text = hs_strndup((const char *)data, size);
	hs_auto(hs_faults_done) struct hs_faults faults = { 0 };
	hs_auto(spec_freep) struct spec *spec = NULL;
	struct hs_err err = { 0 };

	if (spec_load("fuzz.yaml", text, &spec, &faults, &err) == 0) {
		assert(faults.count == 0 && err.code == HS_OK);
		accepted(spec);
	} else {
		assert(spec == NULL && err.msg[0] != '\0');
		assert(faults.count > 0 || err.code == HS_ELIMIT);
	}
	return 0;
}
