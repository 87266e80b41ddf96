/* spec_codes.c - units, currencies, countries, time zones.
 *
 * Units: UN/ECE Recommendation 20 (Codes for Units of Measure Used in
 * International Trade, rev. 17), the ones goods and transport are traded in.
 * Currencies: ISO 4217 list one, without metals, funds and test codes.
 * Countries: ISO 3166-1 alpha-2, all that are assigned.
 */

#include "provisioning/spec_codes.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/mem.h"

#define ZONES "/usr/share/zoneinfo"

/* clang-format off */
static const char units[] =
    /* pieces and packing */
    " H87 C62 EA NAR PR DZN GRO SET NMP PA BX CT CS PK PF RO ROL SA BG BE"
    " TU DR CA 4B 5H AS KT LEF ST NF RM RD SV XBX XCT XPK XPX XPP XRO XBG"
    " XCS XCR XDR XPA XSA XRL XTU"
    /* mass */
    " KGM GRM MGM MC TNE DTN HGM KTN LBR ONZ STN LTN CTM CGM DJ"
    /* length, area, volume */
    " MTR CMT MMT DMT KMT 4H A45 INH FOT YRD SMI HMT KTM"
    " MTK CMK MMK DMK KMK HAR ARE INK FTK YDK"
    " MTQ CMQ MMQ DMQ LTR MLT CLT DLT HLT MAL INQ FTQ YDQ GLL GLI PTL QTL OZA"
    " BLL"
    /* time and services */
    " SEC MIN HUR DAY WEE MON ANN QAN SAN D61 LH HAD C26 E48 E49 E50 E51 E54"
    " IE LS AY ACT P1"
    /* transport */
    " TKM KMQ NIU TNK KNI E52 VEH"
    /* energy, power, electricity, temperature, pressure */
    " JOU KJO GV 3B KWH MWH GWH WHR D32 WTT KWT MAW A90 VLT KVT AMP 4K"
    " AMH FAR OHM HTZ KHZ MHZ KVA MVA KVR CEL FAH KEL PAL KPA MPA BAR MBR"
    " NEW B47 NU B73 BTU"
    /* amounts, data, ratios */
    " MIL TMS CEN MIO BIL HC TAH T3 BB AD A99 2P 4L E34 E35 E36 58 59 60 61"
    " KPP MOL C18 RPM KMH MTS ";

static const char currencies[] =
    " AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND"
    " BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF"
    " DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD"
    " HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW"
    " KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR"
    " MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN"
    " PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN"
    " SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES"
    " VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ";

static const char countries[] =
    " AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI"
    " BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN"
    " CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK"
    " FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM"
    " HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN"
    " KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK"
    " ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP"
    " NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW"
    " SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF"
    " TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI"
    " VN VU WF WS YE YT ZA ZM ZW ";

static const struct {
	const char *word, *code;
} meant[] = {
	{ "PCE", "H87" }, { "PC",  "H87" }, { "PCS", "H87" }, { "STK", "H87" },
	{ "piece", "H87" }, { "pieces", "H87" }, { "kg", "KGM" }, { "g", "GRM" },
	{ "t",  "TNE" }, { "ton", "TNE" }, { "m", "MTR" }, { "mm", "MMT" },
	{ "cm", "CMT" }, { "km", "KMT" }, { "m2", "MTK" }, { "m3", "MTQ" },
	{ "l",  "LTR" }, { "ltr", "LTR" }, { "h", "HUR" }, { "hour", "HUR" },
	{ "day", "DAY" }, { "pair", "PR" }, { "dozen", "DZN" },
	{ "service", "E48" }, { "kWh", "KWH" },
};
/* clang-format on */

/* Is the code one of the words between the list's spaces? */
static bool is_listed(const char *list, const char *code)
{
	size_t len = strlen(code);

	if (len == 0 || strchr(code, ' ') != NULL)
		return false;
	for (const char *p = list; (p = strstr(p, code)) != NULL; p++)
		if (p[-1] == ' ' && p[len] == ' ')
			return true;
	return false;
}

bool spec_is_unit(const char *code)
{
	return is_listed(units, code);
}

const char *spec_unit_meant(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(meant); i++)
		if (strcasecmp(word, meant[i].word) == 0)
			return meant[i].code;
	return NULL;
}

bool spec_is_currency(const char *code)
{
	return is_listed(currencies, code);
}

bool spec_is_country(const char *code)
{
	return is_listed(countries, code);
}

/* Area/Place of letters, digits and "_-+", or UTC; never a way up a path. */
static bool is_zone_name(const char *name)
{
	static const char keep[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "abcdefghijklmnopqrstuvwxyz0123456789_-+/";
	size_t len = strlen(name);

	if (strcmp(name, "UTC") == 0)
		return true;
	return len <= 64 && strspn(name, keep) == len &&
	       strchr(name, '/') != NULL && name[0] >= 'A' && name[0] <= 'Z' &&
	       name[len - 1] != '/' && strstr(name, "//") == NULL;
}

bool spec_is_time_zone(const char *name)
{
	hs_auto(hs_freep) char *path = hs_printf(ZONES "/%s", name);

	if (!is_zone_name(name))
		return false;
	return access(ZONES "/UTC", F_OK) != 0 || access(path, R_OK) == 0;
}
