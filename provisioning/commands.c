/* commands.c - the tables of the command line: commands, options, statuses.
 *
 * Help, completion, parsing and the manual all follow these tables.
 */

#include <string.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/mem.h"
#include "provisioning/cmd.h"

/* clang-format off */
const struct exit_row exit_rows[] = {
	{ EXIT_OK,          "done; for plan: nothing to change; for verify: clean" },
	{ EXIT_FAILED,      "failed; for verify: not clean; for audit: the log is broken; for doctor: a check failed; for status: something is down" },
	{ EXIT_CHANGES,     "plan: there are changes" },
	{ EXIT_INVALID,     "the spec or the input is invalid, too large, or would pass a quota" },
	{ EXIT_NOT_FOUND,   "there is no such thing" },
	{ EXIT_DENIED,      "not permitted" },
	{ EXIT_CONFLICT,    "not in this state, exists already, or somebody was faster" },
	{ EXIT_UNREACHABLE, "a service does not answer" },
	{ EXIT_USAGE,       "the command line is wrong" },
	{ 0, NULL },
};

static const enum exit_status statuses[HS_CODE_COUNT] = {
	[HS_OK]        = EXIT_OK,
	[HS_EINVAL]    = EXIT_INVALID,
	[HS_ENOTFOUND] = EXIT_NOT_FOUND,
	[HS_EEXISTS]   = EXIT_CONFLICT,
	[HS_EDENIED]   = EXIT_DENIED,
	[HS_ECONFLICT] = EXIT_CONFLICT,
	[HS_ELIMIT]    = EXIT_INVALID,
	[HS_EREMOTE]   = EXIT_UNREACHABLE,
	[HS_ESYSTEM]   = EXIT_FAILED,
};

const struct option_row option_rows[OPTION_COUNT] = {
	[OPT_OUTPUT]   = { "output",   'o', "FORMAT", "table (for people) or json" },
	[OPT_SOCKET]   = { "socket",   0,   "PATH",   "where hansed listens; else HANSE_SOCKET, else /run/hanse/hansed.sock" },
	[OPT_QUIET]    = { "quiet",    'q', NULL,     "no progress" },
	[OPT_HELP]     = { "help",     'h', NULL,     "this text" },
	[OPT_YES]      = { "yes",      'y', NULL,     "do not ask" },
	[OPT_GENERATE] = { "generate", 0,   NULL,     "make a new password and print it" },
	[OPT_STDIN]    = { "stdin",    0,   NULL,     "read the new password from standard input" },
	[OPT_ALL]      = { "all",      0,   NULL,     "every virtual enterprise" },
	[OPT_DETACH]   = { "detach",   'd', NULL,     "queue the job, print its number, do not wait" },
	[OPT_KEY]      = { "key",      'k', "KEY",    "of idempotency: a request with the same key is the same job" },
	[OPT_SINCE]    = { "since",    0,   "CURSOR", "events after that number; 0 is all of them" },
	[OPT_FOLLOW]   = { "follow",   'f', NULL,     "go on with what comes" },
	[OPT_VE]       = { "ve",       0,   "VE",     "of one virtual enterprise only" },
	[OPT_AGAINST]  = { "against",  0,   "HEAD",   "compare with a head that was printed before" },
	[OPT_EVENTS]   = { "events",   0,   "NAMES",  "names of events with * in them, e.g. 'job.*,drift.*'; else all" },
	[OPT_DRY_RUN]  = { "dry-run",  0,   NULL,     "say what would be done, and do nothing" },
	[OPT_RESTART]  = { "restart",  0,   NULL,     "what must stop for a change may, without asking" },
	[OPT_CONTINUED] = { "continued", 0, NULL,    "restore also documents that went on since" },
	[OPT_SHELL]    = { "shell",    0,   "WORDS",  "what runs a command there; else ssh root@ADDRESS --" },
	[OPT_VCPUS]    = { "vcpus",    0,   "N",      "virtual CPUs to be given away there; else 16 a core" },
	[OPT_MEMORY]   = { "memory-mib", 0, "N",      "memory to be given away there; else all it has" },
	[OPT_NOTE]     = { "note",     0,   "TEXT",   "for people" },
	[OPT_LOST]     = { "lost",     0,   NULL,     "it is off and will not come back by itself: its domains may run elsewhere" },
	[OPT_PERSON]   = { "person",   0,   "LOGIN",  "as one of its people, by password" },
	[OPT_FROM]     = { "from",     0,   "TIME",   "YYYY-MM, YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ, of UTC" },
	[OPT_TO]       = { "to",       0,   "TIME",   "until then, the same way" },
	[OPT_BY]       = { "by",       0,   "PERIOD", "hour, day or month" },
	[OPT_STATE]    = { "state",    0,   "STATE",  "running, suspended or stopped: of what is reserved" },
	[OPT_SOURCE]   = { "source",   0,   "TEXT",   "where the price is from, for people" },
	[OPT_QUICK]    = { "quick",    0,   NULL,     "do not boot a guest to probe for KVM" },
};

const char *const get_words[] = {
	"ves", "enterprises", "domains", "hosts", "networks", "users", "jobs",
	"events", "webhooks", NULL,
};

const char *const describe_words[] = {
	"ve", "enterprise", "domain", "host", "network", "user", "job",
	"webhook", NULL,
};

const char *const job_words[] = { "list", "show", "follow", "cancel", "retry",
	NULL };

const char *const archive_words[] = { "list", "show", "verify", "restore",
	"export", NULL };

const char *const schema_words[] = { "status", "roll", NULL };

const char *const shell_words[] = { "bash", "zsh", NULL };

const char *const quota_words[] = { "asp", "set", "unset", "verify", NULL };

const char *const gateway_words[] = { "status", "limits", "pools", "sessions",
	"workers", "kill", "renew", NULL };

const char *const audit_words[] = { "verify", "statements", NULL };

const char *const webhook_words[] = { "add", "list", "remove", "test", NULL };

const char *const price_words[] = { "list", "units", "set", "end", NULL };

const char *const bill_words[] = { "list", "close", "show", "verify", NULL };

const char *const roll_words[] = { "image", NULL };

const char *const tco_words[] = { "report", "check", "parameters", "help",
	NULL };

const struct command commands[] = {
	{
		.name = "doctor", .args = "",
		.summary = "find out what this host can do, and what is wrong with it",
		.about = "Probes each hypervisor by trying it, then tools, disk, ports and services.\n"
			 "Every line says what was found and, if that is a problem, the remedy.\n"
			 "Works without hansed.",
		.examples = "hanse doctor\tall checks\n"
			    "hanse doctor --quick -o json\twithout booting a guest, for scripts\n",
		.options = OPT(OUTPUT) | OPT(HELP) | OPT(QUICK) | OPT(QUIET) | OPT(SOCKET), .run = cmd_doctor,
	},
	{
		.name = "plan", .args = "FILE",
		.summary = "show what apply would change",
		.about = "Checks the spec (every fault is shown, as FILE:LINE: FIELD: MESSAGE), compares\n"
			 "it with what is there, and prints the difference. Touches nothing.\n"
			 "FILE may be - for standard input.",
		.examples = "hanse plan automotive.yaml\texit status 2 if there are changes\n"
			    "hanse plan -o json automotive.yaml\tthe plan as a value\n",
		.options = OPT_COMMON, .min = 1, .max = 1, .arg = ARG_FILE, .run = cmd_plan,
	},
	{
		.name = "apply", .args = "FILE",
		.summary = "make a virtual enterprise as its spec says",
		.about = "Checks the spec, then creates, changes and removes what differs. A second run\n"
			 "changes nothing. Members' portals go on answering: what cannot be changed in a\n"
			 "domain while it serves is rolled (a new one answers before the old one goes).\n"
			 "A database domain that must stop for a change is asked about first; without a\n"
			 "terminal that is refused unless --restart is given. FILE may be - for standard\n"
			 "input. The disk of a database grows, and never shrinks. What fails is undone.\n"
			 "Ctrl-C ends the showing, not the job.",
		.examples = "hanse apply automotive.yaml\tshows each step and the portals' addresses\n"
			    "hanse apply --restart automotive.yaml\tdatabases may stop for a moment\n"
			    "hanse apply --detach automotive.yaml\tprints the number of the job\n"
			    "hanse apply --key order-4711 -q -o json - <automotive.yaml\tfor scripts: repeating it is safe\n",
		.options = OPT_COMMON | OPT(DETACH) | OPT(KEY) | OPT(RESTART), .min = 1, .max = 1, .arg = ARG_FILE,
		.run = cmd_apply,
	},
	{
		.name = "destroy", .args = "VE|--all",
		.summary = "remove a virtual enterprise with all its data",
		.about = "Removes the domains, the network, the people and the database of a virtual\n"
			 "enterprise. Documents are archived first (hanse archive), the rest is gone. Asks for the name as confirmation.",
		.examples = "hanse destroy automotive\tasks first\n"
			    "hanse destroy --yes automotive\tdoes not\n"
			    "hanse destroy --all\tevery one, and what the platform made for them\n",
		.options = OPT_COMMON | OPT(YES) | OPT(ALL) | OPT(DETACH) | OPT(KEY), .max = 1, .arg = ARG_VE,
		.run = cmd_destroy,
	},
	{
		.name = "job", .args = "list [VE] | show|follow|cancel|retry JOB",
		.summary = "look at jobs, and what to do with them",
		.about = "Every change is a job that goes on whoever watches. follow shows its steps from\n"
			 "the beginning until it is over; cancel has what it has done undone; retry queues\n"
			 "one again that failed or is broken (something of it is left).",
		.examples = "hanse job list\tthe newest first\n"
			    "hanse job follow 17\tits steps as they go\n"
			    "hanse job cancel 17\tundo it\n",
		.options = OPT_COMMON | OPT(DETACH), .min = 1, .max = 2, .arg = ARG_JOB, .run = cmd_job,
	},
	{
		.name = "restart", .args = "VE/ENTERPRISE",
		.summary = "give an enterprise a fresh domain, without an interruption",
		.about = "A new instance of its domain answers before the old one goes: the same image, the\n"
			 "same certificate, nothing left of what went wrong in it.",
		.examples = "hanse restart automotive/adler-motors\tits portal goes on answering\n",
		.options = OPT_COMMON | OPT(DETACH) | OPT(KEY), .min = 1, .max = 1, .arg = ARG_MEMBER,
		.run = cmd_restart,
	},
	{
		.name = "rotate", .args = "VE/ENTERPRISE",
		.summary = "give an enterprise's portal new credentials",
		.about = "A new client certificate and a new password in the directory, and a new instance\n"
			 "that has them. Once it serves, the gateway refuses the old certificate, whoever\n"
			 "has it, and the directory the old password. No interruption.",
		.examples = "hanse rotate automotive/adler-motors\tafter a key may have been seen\n",
		.options = OPT_COMMON | OPT(DETACH) | OPT(KEY), .min = 1, .max = 1, .arg = ARG_MEMBER,
		.run = cmd_rotate,
	},
	{
		.name = "suspend", .args = "VE/ENTERPRISE",
		.summary = "shut an enterprise out, keep everything of it",
		.about = "Its portal says that it is suspended (503), its people cannot log in, its sessions\n"
			 "at the database end and no new ones begin, its domain is gone. Its documents and\n"
			 "its partners are as they were. It stays so until hanse resume.",
		.examples = "hanse suspend automotive/adler-motors\tshut out\n"
			    "hanse resume automotive/adler-motors\tand back\n",
		.options = OPT_COMMON | OPT(DETACH) | OPT(KEY), .min = 1, .max = 1, .arg = ARG_MEMBER,
		.run = cmd_suspend,
	},
	{
		.name = "resume", .args = "VE/ENTERPRISE",
		.summary = "let an enterprise in again that was suspended",
		.about = "Everything is as before hanse suspend.",
		.examples = "hanse resume automotive/adler-motors\tit serves when this returns\n",
		.options = OPT_COMMON | OPT(DETACH) | OPT(KEY), .min = 1, .max = 1, .arg = ARG_MEMBER,
		.run = cmd_resume,
	},
	{
		.name = "roll", .args = "image [VE...]",
		.summary = "take the newest system images, one enterprise after the other",
		.about = "Of these virtual enterprises, or of all. Each member is rolled to an instance from\n"
			 "the newest image; the first failure ends it and is undone, and the list says what\n"
			 "is on which image. Say it again to go on. Database domains stop for it, so they\n"
			 "are taken with --restart only (the shared one if no virtual enterprise is named).",
		.examples = "make images && hanse roll image\teverybody but the databases\n"
			    "hanse roll image automotive --restart\tone virtual enterprise, its own database, too\n",
		.options = OPT_COMMON | OPT(RESTART), .min = 1, .max = 1000, .arg = ARG_ROLL, .run = cmd_roll,
	},
	{
		.name = "start", .args = "",
		.summary = "start what should run and does not",
		.about = "Brings the networks and domains of every stored virtual enterprise up, and\n"
			 "waits until each portal answers. What runs already is left alone.",
		.examples = "hanse start\tafter the host was restarted\n",
		.options = OPT_COMMON, .run = cmd_start,
	},
	{
		.name = "stop", .args = "",
		.summary = "stop every domain and network, keep all data",
		.about = "Portals first, then databases, then networks. Start again with hanse start.",
		.examples = "hanse stop\tbefore the host is switched off\n",
		.options = OPT_COMMON, .run = cmd_stop,
	},
	{
		.name = "get", .args = "ves|enterprises|domains|hosts|networks|users|jobs|events|webhooks [VE]",
		.summary = "list what is there",
		.about = "One line each; of one virtual enterprise, or of all.",
		.examples = "hanse get domains\tall domains and their states\n"
			    "hanse get users automotive\tpeople of one virtual enterprise\n"
			    "hanse get events -o json\tfor scripts\n",
		.options = OPT_COMMON, .min = 1, .max = 2, .arg = ARG_WHAT, .run = cmd_get,
	},
	{
		.name = "describe", .args = "ve|enterprise|domain|host|network|user|job|webhook NAME",
		.summary = "show everything known about one thing",
		.about = "NAME is as hanse get prints it: a VE, VE/ENTERPRISE, a domain VE.ENTERPRISE,\n"
			 "a user VE/ENTERPRISE/LOGIN, the number of a job or webhook.",
		.examples = "hanse describe ve automotive\tthe spec and the state\n"
			    "hanse describe domain automotive.adler-motors\tone domain\n",
		.options = OPT_COMMON, .min = 2, .max = 2, .arg = ARG_KIND, .run = cmd_describe,
	},
	{
		.name = "status", .args = "",
		.summary = "the whole platform on one screen",
		.about = "Services, virtual enterprises, jobs. Exit status 1 if something is down.",
		.examples = "hanse status\tis everything well?\n"
			    "watch -c hanse status\tkeep looking\n",
		.options = OPT_COMMON, .run = cmd_status,
	},
	{
		.name = "events", .args = "",
		.summary = "what happened, and what happens",
		.about = "One line an event. The first column is the cursor: --since N goes on behind\n"
			 "event N and misses none. Without it the newest 50. With --follow it goes on\n"
			 "until Ctrl-C, also over restarts of hansed. -o json is one object a line.",
		.examples = "hanse events --follow\twatch\n"
			    "hanse events --since 1200 --ve automotive\tfrom a cursor on\n"
			    "hanse events --since 0 -o json | jq -r .event\tfor scripts\n",
		.options = OPT(OUTPUT) | OPT(SOCKET) | OPT(HELP) | OPT(SINCE) | OPT(FOLLOW) | OPT(VE),
		.run = cmd_events,
	},
	{
		.name = "audit", .args = "verify | statements [VE[/ENTERPRISE[/LOGIN]]]",
		.summary = "find out whether the logs were tampered with, and who asked what",
		.about = "verify makes every event's hash again and compares, with the next event, with the last\n"
			 "one hansed has seen and, with --against, with a head that you have kept\n"
			 "elsewhere; then every block of the gateway's audit. Names what was changed, taken\n"
			 "out or cut off. Exit status 1 then. statements lists the last 100 that went through\n"
			 "the gateway, or the last 10000 with -o json: who, what, how long; never the values.",
		.examples = "hanse audit verify\tprints the head, too\n"
			    "hanse audit verify --against \"$(cat /mnt/usb/head)\"\twith a kept one\n"
			    "hanse audit statements automotive/adler-motors\twhat it asked of late\n"
			    "hanse audit statements automotive/adler-motors/anna.becker\tby one of its people\n",
		.options = OPT(OUTPUT) | OPT(SOCKET) | OPT(HELP) | OPT(AGAINST), .min = 1, .max = 2,
		.arg = ARG_AUDIT, .run = cmd_audit,
	},
	{
		.name = "webhook", .args = "add URL | list [VE] | remove|test WEBHOOK",
		.summary = "send events to a URL",
		.about = "Each event is a signed POST, in order, until it is answered with 2xx; what could\n"
			 "not be delivered is tried again for seven days. add prints the secret, once.\n"
			 "test sends an event 0 now, and lets a hook that was disabled go on.",
		.examples = "hanse webhook add https://ops.example/hanse --events 'job.*,drift.*'\tfrom now on\n"
			    "hanse webhook add https://ops.example/all --since 0\teverything since the beginning\n"
			    "hanse webhook test 3\tdoes it answer?\n",
		.options = OPT(OUTPUT) | OPT(SOCKET) | OPT(HELP) | OPT(EVENTS) | OPT(VE) | OPT(SINCE), .min = 1, .max = 2,
		.arg = ARG_WEBHOOK, .run = cmd_webhook,
	},
	{
		.name = "psql", .args = "VE/ENTERPRISE [--person LOGIN] [-- ARGS]",
		.summary = "run psql as an enterprise, through the gateway",
		.about = "Connects with the enterprise's own certificate, so that it sees what the\n"
			 "enterprise sees and no more. Needs root. With --person it is one of its people who\n"
			 "connects, by the password of the portal, which psql asks for; that needs no root, and\n"
			 "database_log_in in the spec. ARGS go to psql as they are.",
		.examples = "hanse psql automotive/adler-motors\tan interactive session\n"
			    "hanse psql automotive/adler-motors -- -c 'select * from api.me'\tone statement\n"
			    "hanse psql automotive/adler-motors --person anna.becker\tunder her own name\n",
		.options = OPT(HELP) | OPT(SOCKET) | OPT(PERSON), .min = 1, .max = 1000, .arg = ARG_MEMBER,
		.run = cmd_psql,
	},
	{
		.name = "verify", .args = "",
		.summary = "compare every object on every host with the specs",
		.about = "Lists what no spec explains, what a spec wants and is not there, and what is\n"
			 "different. Exit status 0 only if there is nothing to list.",
		.examples = "hanse verify\tis anything left over or missing?\n"
			    "hanse verify -o json\tfor scripts\n",
		.options = OPT_COMMON, .run = cmd_verify,
	},
	{
		.name = "quota", .args = "[SCOPE]|set SCOPE RESOURCE=N...|unset SCOPE [RESOURCE...]|verify",
		.summary = "limit what the platform, a virtual enterprise or a member may have",
		.about = "Scopes: asp (the whole platform), ve/VE, ve/VE/ENTERPRISE. Resources: vcpus,\n"
			 "memory_mib, disk_gib, domains, connections. Alone it lists limits, what is used\n"
			 "and what is free. A plan or an apply that would pass a limit is refused with\n"
			 "the numbers. A limit may be below what is used: then nothing grows until\n"
			 "enough is given back. verify counts again what there really is.",
		.examples = "hanse quota\tthe platform, each virtual enterprise, and every limit\n"
			    "hanse quota ve/automotive\tthis one and its enterprises\n"
			    "hanse quota set ve/automotive vcpus=24 memory_mib=16384\tset two limits\n"
			    "hanse quota unset ve/automotive vcpus\tremove one of them\n"
			    "hanse quota verify\tis the ledger what there is?\n",
		.options = OPT_COMMON, .max = 7, .arg = ARG_QUOTA, .run = cmd_quota,
	},
	{
		.name = "usage", .args = "[VE[.ENTERPRISE]] | model|load VE | sources | correct OBJECT METER AMOUNT",
		.summary = "what each enterprise has reserved and used",
		.about = "From the ledger, of this month or from --from to --to, by hour, day or month (UTC):\n"
			 "what was reserved, to the second, and what was counted. quantity is exact, in the\n"
			 "units that are counted; amount is the same for people. model and load are the same as\n"
			 "hanse-tco reads it: sums, and the mean of each hour. sources lists who is\n"
			 "read, and how old the last reading is. correct adds a row, of an hour (--from), and\n"
			 "changes none; less is a negative amount behind --.",
		.examples = "hanse usage\teverything, this month so far\n"
			    "hanse usage automotive.adler-motors --by day\tone enterprise\n"
			    "hanse usage --from 2026-10 --to 2026-11 -o csv\ta month for a spreadsheet\n"
			    "hanse usage model automotive --from 2026-01 --to 2027-01 -o csv >usage.csv\tfor hanse-tco\n"
			    "hanse usage correct --from 2026-10-07T13:00Z --note 'load test of ours' -- automotive.adler-motors cpu -2.5\n",
		.options = OPT_COMMON | OPT(FROM) | OPT(TO) | OPT(BY) | OPT(STATE) | OPT(NOTE), .has_csv = true,
		.max = 4, .arg = ARG_VE, .run = cmd_usage,
	},
	{
		.name = "price", .args = "list [METER] | units | set METER AMOUNT CURRENCY/UNIT | end METER",
		.summary = "the price book",
		.about = "A price counts from --from (now) until the next one of the same meter and state\n"
			 "begins. One without --state is for whichever state has none of its own. Closed\n"
			 "months keep their prices. list shows what counts when, with --all every change that\n"
			 "was made; units what may be priced, and in what. A month of a unit is 730 hours.",
		.examples = "hanse price list\twhat counts when\n"
			    "hanse price set vcpus 0.0123 EUR/vCPU-h --from 2026-12 --source 'cost of 2026-11'\n"
			    "hanse price set vcpus 0.004 EUR/vCPU-h --state suspended --source 'board, 2026-11-03'\n",
		.options = OPT_COMMON | OPT(FROM) | OPT(STATE) | OPT(SOURCE) | OPT(ALL), .has_csv = true,
		.min = 1, .max = 4, .arg = ARG_PRICE, .run = cmd_price,
	},
	{
		.name = "bill", .args = "list | close YYYY-MM | show YYYY-MM [VE[.ENTERPRISE]] | verify YYYY-MM",
		.summary = "close a month, and what each enterprise owes for it",
		.about = "A month is closed once it is over, one after the other, and never changes again: what\n"
			 "is found later stands in the next one, as late. Lines add up to bills and bills to\n"
			 "the total, to the cent. verify makes it again from the ledger and the price book.",
		.examples = "hanse bill close 2026-11\tprints the digest of what was closed\n"
			    "hanse bill show 2026-11 automotive.adler-motors\twhat one owes, and for what\n"
			    "hanse bill show 2026-11 -o csv\tall of it for a spreadsheet\n",
		.options = OPT_COMMON, .has_csv = true, .min = 1, .max = 3, .arg = ARG_BILL, .run = cmd_bill,
	},
	{
		.name = "gateway", .args = "[status|limits|pools|sessions|kill SESSION]",
		.summary = "who is at the databases, and through what",
		.about = "Every session of a portal, of hanse psql and of hansed goes through the gateway. status\n"
			 "(what it shows alone) lists the routes with their limits and what went over them since\n"
			 "the gateway was started; limits what enterprises and VEs may use, and what of that they\n"
			 "use now (they are changed in the spec); pools the backends that sessions share; sessions who is\n"
			 "there now. kill ends one: what it does is cancelled, and it may come again.",
		.examples = "hanse gateway\troutes, limits, meters\n"
			    "hanse gateway sessions\twho is there, and how busy\n"
			    "hanse gateway kill 6f0cb302000003c1\tend that one\n",
		.options = OPT_COMMON, .max = 2, .arg = ARG_GATEWAY, .run = cmd_gateway,
	},
	{
		.name = "host", .args = "add NAME ADDRESS|list|describe NAME|drain NAME|undrain NAME|refresh NAME|remove NAME",
		.summary = "the hosts that have domains",
		.about = "add makes another machine a member: hanse and its packages are installed there,\n"
			 "and root can run commands there by ssh. drain moves every domain elsewhere, or\n"
			 "says before it begins which one cannot go, and why. remove takes an empty one.\n"
			 "With --lost it is given up, domains and all: only when it is off for good.",
		.examples = "hanse host add h2 10.98.0.3\ta member, reached by ssh root@10.98.0.3\n"
			    "hanse host drain h2\tbefore it is repaired\n"
			    "hanse host undrain h2\tafterwards\n"
			    "hanse host remove --lost h3\tit burnt; its enterprises begin again elsewhere\n",
		.options = OPT_COMMON | OPT(SHELL) | OPT(VCPUS) | OPT(MEMORY) | OPT(NOTE) | OPT(LOST),
		.min = 1, .max = 3, .arg = ARG_HOST, .run = cmd_host,
	},
	{
		.name = "repair", .args = "--all|VE|KIND NAME",
		.summary = "mend what was changed behind hanse's back",
		.about = "Mends what hanse verify names: one thing, all of a virtual enterprise, or all.\n"
			 "What may cost data (a missing database, a volume nobody explains) must be named.",
		.examples = "hanse repair --all --dry-run\twhat would be done\n"
			    "hanse repair domain automotive.adler-motors\tone thing\n"
			    "hanse repair automotive\tall of one virtual enterprise\n",
		.options = OPT_COMMON | OPT(ALL) | OPT(DRY_RUN), .max = 2, .arg = ARG_VE, .run = cmd_repair,
	},
	{
		.name = "adopt", .args = "KIND NAME",
		.summary = "take what is there as what is wanted",
		.about = "Edited vCPUs or memory of a domain go into the stored spec; a replaced\n"
			 "certificate or an edited schema is remembered as it is now.",
		.examples = "hanse adopt domain automotive.adler-motors\tafter virsh edit\n"
			    "hanse adopt database ve_automotive\tafter a change of the schema\n",
		.options = OPT_COMMON, .min = 2, .max = 2, .run = cmd_adopt,
	},
	{
		.name = "user", .args = "passwd VE/ENTERPRISE|asp LOGIN | add asp LOGIN NAME ROLES [LANGUAGE] | remove asp LOGIN | list asp",
		.summary = "people's passwords, and the people of the ASP itself",
		.about = "With --generate a new password is made and printed, once. With --stdin the\n"
			 "first line of standard input is the password (12 characters or more). People of\n"
			 "an enterprise stand in its spec; those of the ASP are added here: ROLES is\n"
			 "operator, finance (who sees the console) or both, with a comma between.\n"
			 "LANGUAGE is en, de or zh.",
		.examples = "hanse user passwd automotive/adler-motors anna.becker --generate\tprints it\n"
			    "pass hanse/anna | hanse user passwd automotive/adler-motors anna.becker --stdin\tsets it\n"
			    "hanse user add asp frida.fink 'Frida Fink' finance de\tmay use the console\n",
		.options = OPT_COMMON | OPT(GENERATE) | OPT(STDIN), .min = 2, .max = 6,
		.arg = ARG_PASSWD, .run = cmd_user,
	},
	{
		.name = "archive", .args = "list [VE] | show|verify|export FILE | restore VE/ENTERPRISE FILE",
		.summary = "what is kept of enterprises that have left",
		.about = "When an enterprise is removed, its documents are kept in a sealed file; its\n"
			 "partners keep theirs. FILE is a path or a number that list shows. show prints the\n"
			 "header, verify reads all of it, export writes plain JSON lines to standard output.\n"
			 "restore gives the documents back to the enterprise, which must be in the spec\n"
			 "again; what partners hold is never changed: documents that are not as they were\n"
			 "archived are listed, and nothing is restored. With --continued those that only\n"
			 "went on since are taken as they are now.",
		.examples = "hanse archive list\twhat is kept, and until when\n"
			    "hanse archive verify 3\tis it whole?\n"
			    "hanse archive export 3 >documents.jsonl\tto hand it over\n"
			    "hanse archive restore automotive/adler-motors 3\tgive it back\n",
		.options = OPT_COMMON | OPT(CONTINUED), .min = 1, .max = 3, .arg = ARG_ARCHIVE, .run = cmd_archive,
	},
	{
		.name = "schema", .args = "status | roll [VE...]",
		.summary = "the schema of the shared databases, VE by VE",
		.about = "status shows which migration each virtual enterprise's database is at, beside the\n"
			 "newest installed. roll brings them to it, one after the other in the order they\n"
			 "are named (the first is the canary), and stops at the first failure; running it\n"
			 "again goes on there. Exit status 1 if one failed.",
		.examples = "hanse schema status\twho is behind?\n"
			    "hanse schema roll test\tone first\n"
			    "hanse schema roll\tthen the others\n",
		.options = OPT_COMMON, .min = 1, .max = 1000, .arg = ARG_SCHEMA, .run = cmd_schema,
	},
	{
		.name = "tco", .args = "report --case FILE | check FILE | sheet CSV -O FILE | parameters",
		.summary = "what the platform costs against servers of one's own",
		.about = "Runs hanse-tco with the rest of the command line: hanse-tco --help explains it.\n"
			 "Its exit statuses are the same as here. Works without hansed.",
		.examples = "hanse tco report --case etc/tco/example/case.yaml\tthe whole report\n"
			    "hanse tco check case.yaml\tis the case good?\n",
		.options = OPT(HELP), .min = 1, .max = 1000, .passes_on = true,
		.arg = ARG_TCO, .run = cmd_tco,
	},
	{
		.name = "burnin", .args = "[CHAINS]",
		.summary = "do everything an operator does, to chains made for it",
		.about = "Makes CHAINS virtual enterprises (2; at most 8) side by side, grows, suspends,\n"
			 "resumes, restarts, moves, re-templates and rotates their members, has one fail and\n"
			 "repaired, and removes them, while their portals are asked all the time. Ends with\n"
			 "the checks that nothing is left over, that quotas are what is there, and that the\n"
			 "event log is whole. Other chains are not touched. Needs root.",
		.examples = "hanse burnin\tbefore a host is trusted\n"
			    "hanse burnin 4 -q -o json >report.json\tfor the record\n",
		.options = OPT_COMMON, .max = 1, .run = cmd_burnin,
	},
	{
		.name = "version", .args = "",
		.summary = "versions of this program and of hansed",
		.about = "Works without hansed, and says so then.",
		.examples = "hanse version\tboth versions\n",
		.options = OPT(OUTPUT) | OPT(SOCKET) | OPT(HELP), .run = cmd_version,
	},
	{
		.name = "completion", .args = "bash|zsh",
		.summary = "print a completion script for a shell",
		.about = "Load it in the shell's start file.",
		.examples = ". <(hanse completion bash)\tin ~/.bashrc\n"
			    "hanse completion zsh >~/.zfunc/_hanse\tonce; ~/.zfunc must be in fpath\n",
		.options = OPT(HELP), .min = 1, .max = 1, .arg = ARG_SHELL, .run = cmd_completion,
	},
	{
		.name = "help", .args = "[COMMAND]",
		.summary = "explain a command",
		.about = "The same as hanse COMMAND --help.",
		.examples = "hanse help apply\n",
		.options = OPT(HELP), .max = 1, .arg = ARG_COMMAND, .run = cmd_help,
	},
};
/* clang-format on */

const size_t commands_count = ARRAY_LEN(commands);

int exit_status_of(const struct hs_err *err)
{
	return (int)statuses[err->code];
}

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < commands_count; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

const char *nearest_word(const char *name, const char *const *words)
{
	for (; *words != NULL; words++)
		if (hs_is_like(name, *words))
			return *words;
	return NULL;
}
