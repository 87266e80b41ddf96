/* idle.c - many clients that log in and do nothing.
 *
 *   idle PORT USER DATABASE COUNT PASSWORD   by SCRAM, over plain loopback
 *   idle PORT USER DATABASE COUNT CERTIFICATE KEY   by certificate, over TLS
 *
 * The key is derived from the password once, so that what a log-in costs is the
 * other side's cost; of TLS only the connection is kept, for the same reason.
 * Prints "open COUNT" and closes them all when standard input ends or says
 * something. SCRAM: RFC 5802, RFC 7677.
 */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define HASH      32
#define TEXT_SIZE 512

/** What the password comes to with the server's salt. */
static struct {
	char salt[64];
	uint8_t client_key[HASH], stored_key[HASH];
} derived;

static const char *password;
static SSL_CTX *tls; /* NULL: none */

/** One of them. */
struct link {
	int fd;
	SSL *ssl;
};

static void hmac(const uint8_t key[HASH], const char *text, uint8_t out[HASH])
{
	unsigned len = HASH;

	(void)HMAC(EVP_sha256(), key, HASH, (const uint8_t *)text, strlen(text),
	    out, &len);
}

static void derive(const char *salt64, int iterations)
{
	uint8_t salt[64], salted[HASH];
	int len;

	if (strcmp(derived.salt, salt64) == 0)
		return;
	len =
	    EVP_DecodeBlock(salt, (const uint8_t *)salt64, (int)strlen(salt64));
	for (const char *p = salt64 + strlen(salt64); p[-1] == '='; p--)
		len--;
	(void)PKCS5_PBKDF2_HMAC(
	    password, -1, salt, len, iterations, EVP_sha256(), HASH, salted);
	hmac(salted, "Client Key", derived.client_key);
	(void)EVP_Digest(derived.client_key, HASH, derived.stored_key, NULL,
	    EVP_sha256(), NULL);
	(void)snprintf(derived.salt, sizeof(derived.salt), "%s", salt64);
}

/* -- Messages -------------------------------------------------------------- */

static bool put_all(const struct link *l, const void *data, size_t len)
{
	if (l->ssl != NULL)
		return SSL_write(l->ssl, data, (int)len) == (int)len;
	return send(l->fd, data, len, MSG_NOSIGNAL) == (ssize_t)len;
}

static void send_message(
    const struct link *l, char type, const void *body, size_t len)
{
	uint8_t out[1 + 4 + 2 * TEXT_SIZE];
	uint32_t size = htonl((uint32_t)len + 4);
	size_t at = 0;

	if (type != 0)
		out[at++] = (uint8_t)type;
	memcpy(out + at, &size, 4);
	memcpy(out + at + 4, body, len);
	if (!put_all(l, out, at + 4 + len))
		perror("send");
}

static bool take_all(const struct link *l, void *to, size_t len)
{
	size_t done = 0;

	if (l->ssl == NULL)
		return recv(l->fd, to, len, MSG_WAITALL) == (ssize_t)len;
	while (done < len) {
		int n = SSL_read(l->ssl, (char *)to + done, (int)(len - done));

		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

/* The next message; its body ends with a NUL that was not sent. */
static char take_message(const struct link *l, char body[2 * TEXT_SIZE])
{
	uint8_t head[5];
	uint32_t size;

	if (!take_all(l, head, sizeof(head)))
		return 0;
	memcpy(&size, head + 1, 4);
	size = ntohl(size) - 4;
	if (size >= 2 * TEXT_SIZE || !take_all(l, body, size))
		return 0;
	body[size] = '\0';
	return (char)head[0];
}

/* -- Log-in ---------------------------------------------------------------- */

static bool answer(const struct link *l, const char *nonce)
{
	char body[2 * TEXT_SIZE], theirs[TEXT_SIZE], salt[64], text[TEXT_SIZE];
	char whole[4 * TEXT_SIZE], proof64[64];
	uint8_t signature[HASH], proof[HASH];
	int iterations, len;

	if (take_message(l, body) != 'R' ||
	    sscanf(body + 4, "r=%200[^,],s=%60[^,],i=%d", theirs, salt,
		&iterations) != 3)
		return false;
	derive(salt, iterations);
	(void)snprintf(whole, sizeof(whole), "n=,r=%s,%s,c=biws,r=%s", nonce,
	    body + 4, theirs);
	hmac(derived.stored_key, whole, signature);
	for (int i = 0; i < HASH; i++)
		proof[i] = derived.client_key[i] ^ signature[i];
	(void)EVP_EncodeBlock((uint8_t *)proof64, proof, HASH);
	len = snprintf(text, sizeof(text), "c=biws,r=%s,p=%s", theirs, proof64);
	send_message(l, 'p', text, (size_t)len);
	return true;
}

static bool wait_ready(const struct link *l)
{
	char body[2 * TEXT_SIZE], type;

	while ((type = take_message(l, body)) != 'Z')
		if (type == 0 || type == 'E')
			return false;
	return true;
}

static bool log_in(const struct link *l, const char *user, const char *database)
{
	char body[2 * TEXT_SIZE], nonce[32], first[TEXT_SIZE];
	uint8_t start[TEXT_SIZE] = { 0, 3, 0, 0 }, raw[12];
	size_t at = 4;
	uint32_t size;
	int len;

	at += (size_t)snprintf((char *)start + at, sizeof(start) - at,
		  "user%c%s%cdatabase%c%s%c", 0, user, 0, 0, database, 0) +
	      1;
	send_message(l, 0, start, at);
	(void)RAND_bytes(raw, sizeof(raw));
	(void)EVP_EncodeBlock((uint8_t *)nonce, raw, sizeof(raw));
	len = snprintf(first, sizeof(first), "n,,n=,r=%s", nonce);
	if (take_message(l, body) != 'R')
		return false;
	if (tls != NULL)
		return wait_ready(l);
	memcpy(body, "SCRAM-SHA-256", 14);
	size = htonl((uint32_t)len);
	memcpy(body + 14, &size, 4);
	memcpy(body + 18, first, (size_t)len);
	send_message(l, 'p', body, 18 + (size_t)len);
	if (!answer(l, nonce))
		return false;
	return wait_ready(l);
}

/* As libpq's: the start-up message behind TLS's last would else wait 40 ms for
 * an acknowledgement of that. */
static int dial(unsigned port)
{
	const int on = 1;
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 &&
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0)
		return fd;
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

/* Protocol "postgresql" without a question before it. */
static bool secure(struct link *l, const char *user)
{
	char host[128];
	static const unsigned char alpn[] = "\x0apostgresql";

	if (tls == NULL)
		return true;
	/* Whose client it is stands in the name of the server. */
	(void)snprintf(host, sizeof(host), "%.*s.gateway.hanse.internal",
	    (int)strcspn(user, "."), user);
	l->ssl = SSL_new(tls);
	return SSL_set_alpn_protos(l->ssl, alpn, sizeof(alpn) - 1) == 0 &&
	       SSL_set_tlsext_host_name(l->ssl, host) == 1 &&
	       SSL_set_fd(l->ssl, l->fd) == 1 && SSL_connect(l->ssl) == 1;
}

static bool join(unsigned port, const char *user, const char *database)
{
	struct link l = { .fd = dial(port) };
	bool done = l.fd >= 0 && secure(&l, user) && log_in(&l, user, database);

	SSL_free(l.ssl);
	return done;
}

static bool prepare_tls(const char *certificate, const char *key)
{
	tls = SSL_CTX_new(TLS_client_method());
	return SSL_CTX_use_certificate_file(
		   tls, certificate, SSL_FILETYPE_PEM) == 1 &&
	       SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) == 1;
}

int main(int argc, char **argv)
{
	struct rlimit limit;
	unsigned port, count, done = 0;
	char end;

	if (argc != 6 && argc != 7)
		return 2;
	if (argc == 7 && !prepare_tls(argv[5], argv[6]))
		return 2;
	(void)getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	port = (unsigned)strtoul(argv[1], NULL, 10);
	count = (unsigned)strtoul(argv[4], NULL, 10);
	password = argv[5];
	while (done < count && join(port, argv[2], argv[3]))
		done++;
	(void)printf("open %u\n", done);
	(void)fflush(stdout);
	(void)!read(STDIN_FILENO, &end, 1);
	return done == count ? 0 : 1;
}
