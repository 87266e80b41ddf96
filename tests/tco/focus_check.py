#!/usr/bin/python3
"""focus_check.py - read a FOCUS file as a stranger would, column by column.

focus_check.py FILE          every rule, every row; exit 1 and say what is wrong
focus_check.py --break FILE  spoil the file in each way the rules know of, one
                             at a time; exit 1 if one of them goes unnoticed

The table below is written down from the specification (its repository
FinOps-Open-Cost-and-Usage-Spec/FOCUS_Spec: cost_and_usage/dataset.md, the
columns' own pages and the attributes' pages), not from hanse's: two readings
of one text. Level: M mandatory, R recommended, C conditional.
"""

import csv
import datetime
import io
import json
import re
import sys
from decimal import Decimal, getcontext

getcontext().prec = 60

COLUMNS = """
AllocatedMethodDetails R null json 1.3
AllocatedMethodId C null string 1.3
AllocatedResourceId C null string 1.3
AllocatedResourceName C null string 1.3
AllocatedTags C null tags 1.3
AvailabilityZone R null string 1.2
BilledCost M no decimal 1.2
BillingAccountId M no string 1.2
BillingAccountName M null string 1.2
BillingAccountType C no string 1.2
BillingCurrency M no currency 1.2
BillingPeriodEnd M no time 1.2
BillingPeriodStart M no time 1.2
CapacityReservationId C null string 1.2
CapacityReservationStatus C null reservation 1.2
ChargeCategory M no category 1.2
ChargeClass M null class 1.2
ChargeDescription M null string 1.2
ChargeFrequency R no frequency 1.2
ChargePeriodEnd M no time 1.2
ChargePeriodStart M no time 1.2
CommitmentDiscountCategory C null commitment 1.2
CommitmentDiscountId C null string 1.2
CommitmentDiscountName C null string 1.2
CommitmentDiscountQuantity C null decimal 1.2
CommitmentDiscountStatus C null used 1.2
CommitmentDiscountType C null string 1.2
CommitmentDiscountUnit C null unit 1.2
ConsumedQuantity C null decimal 1.2
ConsumedUnit C null unit 1.2
ContractedCost M no decimal 1.2
ContractedUnitPrice C null price 1.2
EffectiveCost M no decimal 1.2
HostProviderName M no string 1.3
InvoiceId R null string 1.2
InvoiceIssuerName M no string 1.2
ListCost M no decimal 1.2
ListUnitPrice C null price 1.2
PricingCategory C null pricing 1.2
PricingCurrency C null currency 1.2
PricingCurrencyContractedUnitPrice C null price 1.2
PricingCurrencyEffectiveCost C null decimal 1.2
PricingCurrencyListUnitPrice C null price 1.2
PricingQuantity M null decimal 1.2
PricingUnit M null unit 1.2
ProviderName M no string 1.2
PublisherName M no string 1.2
RegionId C null string 1.2
RegionName C null string 1.2
ResourceId C null string 1.2
ResourceName C null string 1.2
ResourceType C null string 1.2
ServiceCategory M no service 1.2
ServiceName M no string 1.2
ServiceProviderName M no string 1.3
ServiceSubcategory R no subservice 1.2
SkuId C null string 1.2
SkuMeter C null string 1.2
SkuPriceDetails C null details 1.2
SkuPriceId C null string 1.2
SubAccountId C null string 1.2
SubAccountName C null string 1.2
SubAccountType C null string 1.2
Tags C null tags 1.2
"""
COLUMNS = [line.split() for line in COLUMNS.strip().splitlines()]
NAMES = [c[0] for c in COLUMNS]

ALLOWED = {
    "category": ["Usage", "Purchase", "Tax", "Credit", "Adjustment"],
    "class": ["Correction"],
    "frequency": ["One-Time", "Recurring", "Usage-Based"],
    "pricing": ["Standard", "Dynamic", "Committed", "Other"],
    "reservation": ["Used", "Unused"],
    "used": ["Used", "Unused"],
    "commitment": ["Spend", "Usage"],
}
SERVICES = {
    "AI and Machine Learning": "AI Platforms|Bots|Generative AI|Machine Learning|Natural Language Processing",
    "Analytics": "Analytics Platforms|Business Intelligence|Data Processing|Search|Streaming Analytics",
    "Business Applications": "Productivity and Collaboration",
    "Compute": "Containers|End User Computing|Quantum Compute|Serverless Compute|Virtual Machines",
    "Databases": "Caching|Data Warehouses|Ledger Databases|NoSQL Databases|Relational Databases|Time Series Databases",
    "Developer Tools": "Developer Platforms|Continuous Integration and Deployment|Development Environments"
                       "|Source Code Management|Quality Assurance",
    "Identity": "Identity and Access Management",
    "Integration": "API Management|Messaging|Workflow Orchestration",
    "Internet of Things": "IoT Analytics|IoT Platforms",
    "Management and Governance": "Architecture|Compliance|Cost Management|Data Governance|Disaster Recovery"
                                 "|Endpoint Management|Observability|Support",
    "Media": "Content Creation|Gaming|Media Streaming|Mixed Reality",
    "Migration": "Data Migration|Resource Migration",
    "Mobile": "",
    "Multicloud": "Multicloud Integration",
    "Networking": "Application Networking|Content Delivery|Network Connectivity|Network Infrastructure"
                  "|Network Routing|Network Security",
    "Security": "Secret Management|Security Posture Management|Threat Detection and Response",
    "Storage": "Backup Storage|Block Storage|File Storage|Object Storage|Storage Platforms",
    "Web": "Application Platforms",
    "Other": "",
}

TIMES = "Year Month Day Hour Minute Second Millisecond Microsecond".split()
SIZES = [p + i + u for u in "bB" for p, i in [("", "")] + [(p, "") for p in "KMGTPE"] + [(p, "i") for p in "KMGTPE"]]


def is_unit(text):
    """A size, a time or a count; "A-Bs", "As/B"; a number may stand before."""
    match = re.fullmatch(r"(?:[1-9][0-9]* )?([^ ]+)", text)
    if not match:
        return False
    parts = re.split(r"[-/]", match[1])
    if len(parts) > 2:
        return False
    for part in parts:
        singular = part[:-1] if part.endswith("s") else part
        if part in SIZES or singular in TIMES:
            continue
        if singular.lower() in [t.lower() for t in TIMES] or part.lower() in ("gigabyte", "gigabytes", "terabyte"):
            return False  # a known word in the wrong case or form
        if not re.fullmatch(r"[A-Z][A-Za-z]*", part):
            return False
    return True


def is_json(text, flat):
    def pairs(items):
        if len({k for k, _ in items}) != len(items):
            raise ValueError("a key twice")
        return dict(items)
    try:
        value = json.loads(text, object_pairs_hook=pairs)
    except ValueError:
        return False
    if not isinstance(value, dict):
        return False
    return not flat or not any(isinstance(v, (dict, list)) for v in value.values())


def is_time(text):
    try:
        return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").strftime("%Y-%m-%dT%H:%M:%SZ") == text
    except ValueError:
        return False


KINDS = {
    "string": lambda v: v.strip() != "" and not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", v),
    "decimal": lambda v: re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", v),
    "price": lambda v: re.fullmatch(r"[0-9]+(\.[0-9]+)?", v),
    "time": is_time,
    "currency": lambda v: re.fullmatch(r"[A-Z]{3}", v),
    "unit": is_unit,
    "tags": lambda v: is_json(v, True),
    "json": lambda v: is_json(v, False),
    "details": lambda v: is_json(v, True) and all(re.match("x_|[A-Z]", k) for k in json.loads(v)),
    "service": lambda v: v in SERVICES,
    "subservice": lambda v: True,  # judged beside its category
}
KINDS.update({k: (lambda v, names=names: v in names) for k, names in ALLOWED.items()})

# X cannot be there without Y
NEEDS = """
ConsumedQuantity ConsumedUnit
ConsumedUnit ConsumedQuantity
ConsumedQuantity SkuPriceId
PricingQuantity PricingUnit
PricingUnit PricingQuantity
PricingQuantity SkuPriceId
ListUnitPrice SkuPriceId
SkuPriceId ListUnitPrice
ContractedUnitPrice SkuPriceId
SkuPriceDetails SkuPriceId
SkuPriceId SkuId
SkuMeter SkuId
ResourceName ResourceId
ResourceType ResourceId
ResourceId ResourceType
SubAccountName SubAccountId
SubAccountType SubAccountId
SubAccountId SubAccountType
SubAccountId SubAccountName
AllocatedMethodDetails AllocatedMethodId
AllocatedResourceId AllocatedMethodId
AllocatedResourceName AllocatedResourceId
AllocatedResourceId AllocatedResourceName
AllocatedTags AllocatedMethodId
CapacityReservationStatus CapacityReservationId
CommitmentDiscountStatus CommitmentDiscountId
"""
NEEDS = [line.split() for line in NEEDS.strip().splitlines()]


def row_faults(row):
    for name, level, null, kind, _ in COLUMNS:
        value = row[name]
        if value is None:
            if null == "no":
                yield f"{name} is null"
        elif not KINDS[kind](value):
            yield f"{name} holds '{value}'"
    for one, other in NEEDS:
        if row[one] is not None and row[other] is None:
            yield f"{one} without {other}"
    category, correction = row["ChargeCategory"], row["ChargeClass"] is not None
    if category in ("Usage", "Purchase") and not correction:
        must = ["PricingQuantity", "PricingUnit", "PricingCategory", "ListUnitPrice", "ContractedUnitPrice", "SkuId",
                "SkuPriceId"] + (["ConsumedQuantity"] if category == "Usage" else [])
        for name in must:
            if row[name] is None:
                yield f"{name} of a {category} is null"
    if category != "Usage" and row["ConsumedQuantity"] is not None:
        yield f"a {category} has a ConsumedQuantity"
    if category == "Purchase" and row["ChargeFrequency"] == "Usage-Based":
        yield "a Purchase is Usage-Based"
    sub = row["ServiceSubcategory"]
    if sub is not None and row["ServiceCategory"] in SERVICES:
        mine = SERVICES[row["ServiceCategory"]].split("|") + [f"Other ({row['ServiceCategory']})"]
        if sub not in mine:
            yield f"ServiceSubcategory '{sub}' is none of {row['ServiceCategory']}"
    yield from sum_faults(row, category)
    for what in ("Billing", "Charge"):
        start, end = row[f"{what}PeriodStart"], row[f"{what}PeriodEnd"]
        if start is not None and end is not None and start >= end:
            yield f"{what}Period ends before it begins"
    tags, allocated = (set(json.loads(row[n])) if row[n] and is_json(row[n], True) else set()
                       for n in ("Tags", "AllocatedTags"))
    if tags & allocated:
        yield "AllocatedTags repeats Tags"
    yield from details_faults(row)


def details_faults(row):
    text = row["AllocatedMethodDetails"]
    if text is None or not is_json(text, False):
        return
    elements = json.loads(text, parse_float=Decimal, parse_int=Decimal).get("Elements")
    if not isinstance(elements, list) or not elements:
        yield "AllocatedMethodDetails has no Elements"
        return
    for element in elements:
        if not isinstance(element.get("AllocatedRatio"), Decimal):
            yield "an element without AllocatedRatio"
        if "UsageQuantity" in element and not is_unit(str(element.get("UsageUnit", ""))):
            yield "a UsageQuantity without UsageUnit"
        for key in element:
            if key not in ("AllocatedRatio", "UsageUnit", "UsageQuantity") and not re.match("x_[A-Z]", key):
                yield f"an element has a key '{key}'"


def number(row, name):
    value = row[name]
    return Decimal(value) if value is not None and KINDS["decimal"](value) else None


def sum_faults(row, category):
    for cost, price in (("ListCost", "ListUnitPrice"), ("ContractedCost", "ContractedUnitPrice")):
        c, p, q = (number(row, n) for n in (cost, price, "PricingQuantity"))
        if None not in (c, p, q) and c != p * q:
            yield f"{cost} {c} is not {price} {p} x PricingQuantity {q}"
    if row["ListUnitPrice"] is None and category in ("Credit", "Adjustment") and \
            number(row, "ListCost") != number(row, "BilledCost"):
        yield "ListCost of an unpriced charge is not BilledCost"
    if category == "Credit" and number(row, "ContractedCost") != number(row, "BilledCost"):
        yield "ContractedCost of a Credit is not BilledCost"
    # nothing in hanse is bought ahead and used up later
    if number(row, "EffectiveCost") != number(row, "BilledCost"):
        yield "EffectiveCost is not BilledCost"


def allocation_faults(rows):
    """All shares of one origin (resource, method, period, class) are a whole."""
    origins = {}
    for row in rows:
        if row["AllocatedMethodId"] is None or not row["AllocatedMethodDetails"]:
            continue
        key = tuple(row[n] for n in ("ResourceId", "AllocatedMethodId", "ChargePeriodStart", "ChargePeriodEnd",
                                     "ChargeClass"))
        if is_json(row["AllocatedMethodDetails"], False):
            for e in json.loads(row["AllocatedMethodDetails"], parse_float=Decimal,
                                parse_int=Decimal).get("Elements") or []:
                ratio = e.get("AllocatedRatio")
                origins[key] = origins.get(key, Decimal(0)) + (ratio if isinstance(ratio, Decimal) else 0)
    for key, total in origins.items():
        if total != 1:
            yield f"the shares of {key[0]} by {key[1]} are {total}, not 1"


def invoice_faults(rows):
    """An invoice is an amount of money: its charges add up to cents."""
    invoices = {}
    for row in rows:
        if row["InvoiceId"] is not None and number(row, "BilledCost") is not None:
            key = (row["InvoiceIssuerName"], row["InvoiceId"], row["BillingCurrency"])
            invoices[key] = invoices.get(key, Decimal(0)) + number(row, "BilledCost")
    for key, total in invoices.items():
        if total != total.quantize(Decimal("0.01")):
            yield f"invoice {key[1]} adds up to {total}"


def price_faults(rows):
    """One SkuPriceId has one SkuId."""
    parents = {}
    for row in rows:
        if row["SkuPriceId"] is not None:
            if parents.setdefault(row["SkuPriceId"], row["SkuId"]) != row["SkuId"]:
                yield f"SkuPriceId {row['SkuPriceId']} has two SkuIds"


def parse(data):
    if not data.endswith(b"\r\n") or data.startswith(b"\xef\xbb\xbf"):
        raise SystemExit("not lines of RFC 4180 in UTF-8 without a mark")
    lines = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
    if not lines:
        raise SystemExit("empty")
    return lines[0], lines[1:]


def faults(head, lines):
    for name, level, _, _, since in COLUMNS:
        if name not in head:
            yield f"no column {name} ({level}, {since})"
    for name in head:
        if name not in NAMES and not re.match("x_[A-Z]", name):
            yield f"column {name} is none of FOCUS's"
    if len(set(head)) != len(head):
        yield "a column stands twice"
    if head != sorted(head):
        yield "the columns are not in alphabetical order"
    rows = []
    for number_, line in enumerate(lines, 2):
        if len(line) != len(head):
            yield f"row {number_} has {len(line)} fields"
            continue
        row = {n: None for n in NAMES}
        row.update({n: (v if v != "" else None) for n, v in zip(head, line)})
        rows.append(row)
        for fault in row_faults(row):
            yield f"row {number_}: {fault}"
    yield from allocation_faults(rows)
    yield from invoice_faults(rows)
    yield from price_faults(rows)


WRONG = {"decimal": "1e3", "price": "-1", "time": "2026-11-01 00:00:00", "currency": "eur", "unit": "core hours",
         "tags": '{"a": {"b": 1}}', "json": "[1]", "details": "{", "service": "Cloud", "subservice": "Misc",
         "string": "   "}


def spoilt(head, lines):
    """Yield (what, head, lines): the file, wrong in one way."""
    for i, name in enumerate(head):
        yield f"column {name} left out", head[:i] + head[i + 1:], [l[:i] + l[i + 1:] for l in lines]
    for name, _, null, kind, _ in COLUMNS:
        i = head.index(name)
        at = next((k for k, l in enumerate(lines) if l[i] != ""), 0)
        wrong = WRONG.get(kind, "Nonsense")
        yield f"{name} = '{wrong}'", head, lines[:at] + [lines[at][:i] + [wrong] + lines[at][i + 1:]] + lines[at + 1:]
        if null == "no":
            yield f"{name} null", head, lines[:at] + [lines[at][:i] + [""] + lines[at][i + 1:]] + lines[at + 1:]
    def change(what, pick, edit):
        for at, line in enumerate(lines):
            row = dict(zip(head, line))
            if pick(row):
                edit(row)
                return what, head, lines[:at] + [[row[n] for n in head]] + lines[at + 1:]
        raise SystemExit(f"the file has no row for '{what}'")
    usage = lambda r: r["ChargeCategory"] == "Usage" and not r["ChargeClass"]
    split = lambda r: r["AllocatedMethodDetails"] != ""
    yield change("a cost that is not price x quantity", usage, lambda r: r.update(ListCost="0.01"))
    yield change("a cent more", usage, lambda r: r.update(EffectiveCost=str(Decimal(r["BilledCost"]) + 1)))
    yield change("usage without its price", usage, lambda r: r.update(SkuPriceId="", ListUnitPrice=""))
    yield change("a correction of another name", usage, lambda r: r.update(ChargeClass="Refund"))
    yield change("a period of no length", usage, lambda r: r.update(ChargePeriodEnd=r["ChargePeriodStart"]))
    yield change("a share too large", split, lambda r: r.update(AllocatedMethodDetails='{"Elements": [{"AllocatedRatio": 1.5}]}'))
    yield change("shares of nothing", split, lambda r: r.update(AllocatedMethodDetails='{"Shares": []}'))
    yield change("an allocation without its method", split, lambda r: r.update(AllocatedMethodId=""))
    yield change("an invoice with a part of a cent", lambda r: r["ChargeCategory"] == "Adjustment" and not r["AllocatedMethodId"],
                 lambda r: r.update({n: str(Decimal(r["BilledCost"]) + Decimal("0.001"))
                                     for n in ("BilledCost", "EffectiveCost", "ListCost", "ContractedCost")}))


def main():
    if len(sys.argv) not in (2, 3) or (len(sys.argv) == 3 and sys.argv[1] != "--break"):
        raise SystemExit(__doc__)
    with open(sys.argv[-1], "rb") as file:
        head, lines = parse(file.read())
    if sys.argv[1] != "--break":
        found = list(faults(head, lines))
        for fault in found[:20]:
            print(fault)
        print(f"{len(lines)} rows, {len(head)} columns, {len(found)} faults")
        return 1 if found or not lines else 0
    unseen = [what for what, h, l in spoilt(head, lines) if not list(faults(h, l))]
    for what in unseen:
        print(f"unnoticed: {what}")
    print(f"{sum(1 for _ in spoilt(head, lines))} ways to spoil it, {len(unseen)} unnoticed")
    return 1 if unseen else 0


if __name__ == "__main__":
    sys.exit(main())
