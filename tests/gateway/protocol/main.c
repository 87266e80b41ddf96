/* main.c - attacks by the messages of the protocol, as an enterprise that may
 * send any bytes; escape.c has those by SQL, and says what the designs A, B and
 * E are. Where PostgreSQL itself does not show that an attack is one, a naive
 * pooler does (naive.h).
 *
 *   protocol FOLDER GATEWAY-PORT SERVER-PORT
 *
 * FOLDER has certificates and keys of Anna and Bert, of the VE alpha.
 */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/gateway/judge.h"
#include "tests/gateway/protocol/ground.h"
#include "tests/gateway/protocol/naive.h"

static SSL_CTX *tls_of(const char *folder, const char *name)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
	char certificate[512], key[512];

	(void)snprintf(
	    certificate, sizeof(certificate), "%s/%s.crt", folder, name);
	(void)snprintf(key, sizeof(key), "%s/%s.key", folder, name);
	if (tls == NULL ||
	    SSL_CTX_use_certificate_file(tls, certificate, SSL_FILETYPE_PEM) !=
		1 ||
	    SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1) {
		(void)fprintf(stderr, "%s: no certificate and key\n", name);
		exit(2);
	}
	return tls;
}

static bool sees(enum design design, enum person who, const char *proof)
{
	const struct bytes nothing = { 0 };
	struct channel c;
	bool so = enter(&c, design, who) && is_proven(&c, &nothing, proof);

	channel_close(&c);
	return so;
}

/* Without an attack each sees its own and nothing else, everywhere: neither is
 * the ground broken nor a control weak in that it lets in everybody. */
static bool is_sound(enum design design)
{
	static const char sees_own[] = PROOF_OF("SELECT count(*) = 1 FROM doc");
	pid_t pid = design == NAIVE ? naive_start(&server, &naive) : -1;
	bool so = sees(design, ANNA, sees_own) &&
		  !sees(design, ANNA, SEES_BERT) &&
		  sees(design, BERT, SEES_BERT);

	naive_stop(pid);
	if (!so)
		(void)printf("UNSOUND    design %d\n", (int)design);
	return so;
}

int main(int argc, char **argv)
{
	static char name[] = "alpha.gateway.hanse.internal";

	if (argc != 4)
		return 2;
	(void)signal(SIGPIPE, SIG_IGN);
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	gateway_places[ANNA].tls = tls_of(argv[1], "anna");
	gateway_places[BERT].tls = tls_of(argv[1], "bert");
	gateway_places[NOBODY].tls = SSL_CTX_new(TLS_client_method());
	for (size_t i = 0; i < LEN(gateway_places); i++) {
		gateway_places[i].name = name;
		gateway_places[i].port = (unsigned)atoi(argv[2]);
	}
	server.port = (unsigned)atoi(argv[3]);
	for (enum design d = GATEWAY; d <= NAIVE; d++)
		if (!is_sound(d))
			return 2;
	attack_in_session();
	attack_by_slips();
	attack_by_leftovers();
	attack_by_names();
	attack_by_cancels();
	attack_at_start();
	return judged();
}
