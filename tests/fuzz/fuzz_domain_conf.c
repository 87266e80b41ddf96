/* fuzz_domain_conf.c - any bytes as a domain.conf. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "dom-templates/init/init.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hs_auto(hs_freep) char *text = hs_strndup((const char *)data, size);
	hs_auto(init_conf_done) struct init_conf conf = { 0 };

	if (init_conf_parse(text, &conf, NULL) == 0)
		free(init_hosts_text(&conf));
	return 0;
}
