#!/usr/bin/python3
"""xlsx_check.py - what stands in a workbook's cells, read without any library.

xlsx_check.py same A B       every formula cell of A has in B the value it holds
                             in A, to 1e-9 of it; words are the same words
xlsx_check.py set A B NAME=VALUE...
                             B is A with other values in named cells; nothing
                             else is touched, so cached values are A's
xlsx_check.py names A        each defined name and its value, one a line
xlsx_check.py json A REPORT [BUT]  the named results of A are the numbers of the
                             report (hanse-tco -o json), to its last digit;
                             BUT names one that is not looked at
xlsx_check.py moved A B      how many formula cells differ; 1 if none does
"""

import json
import re
import sys
import zipfile
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class Book:
    def __init__(self, path):
        self.zip = zipfile.ZipFile(path)
        book = self.xml("xl/workbook.xml")
        links = {r.get("Id"): "xl/" + r.get("Target").lstrip("/").replace("xl/", "", 1)
                 for r in self.xml("xl/_rels/workbook.xml.rels")}
        self.files = {s.get("name"): links[s.get(REL)] for s in book.iter(MAIN + "sheet")}
        self.names = {n.get("name"): n.text for n in book.iter(MAIN + "definedName") if "!" in (n.text or "")}
        self.words = []
        if "xl/sharedStrings.xml" in self.zip.namelist():
            for item in self.xml("xl/sharedStrings.xml").findall(MAIN + "si"):
                self.words.append("".join(t.text or "" for t in item.iter(MAIN + "t")))
        self.cells, self.formulas = {}, {}
        for sheet, file in self.files.items():
            for cell in self.xml(file).iter(MAIN + "c"):
                self.read(sheet, cell)

    def xml(self, name):
        return ElementTree.fromstring(self.zip.read(name))

    def read(self, sheet, cell):
        where = (sheet, cell.get("r"))
        value, formula = cell.find(MAIN + "v"), cell.find(MAIN + "f")
        text = value.text if value is not None and value.text is not None else ""
        kind = cell.get("t", "n")
        if kind == "s":
            text = self.words[int(text)]
        elif kind == "inlineStr":
            text = "".join(t.text or "" for t in cell.iter(MAIN + "t"))
        elif kind == "e":
            text = "error " + text
        elif kind == "n" and text != "":
            text = float(text)
        self.cells[where] = text
        if formula is not None:
            self.formulas[where] = formula.text or ""

    def place(self, name):
        match = re.fullmatch(r"'?(.+?)'?!\$?([A-Z]+)\$?([0-9]+)", self.names[name])
        return match[1].replace("''", "'"), match[2] + match[3]


def near(a, b):
    if isinstance(a, float) and isinstance(b, float):
        # nothing, and what binary fractions leave of a difference that is nothing
        return abs(a - b) <= 1e-9 * max(abs(a), abs(b)) or max(abs(a), abs(b)) < 1e-9
    return a == b


def twins(a, b):
    """Where a's cell is in b. Rows of the tornado stand by their size, so they
    are found by what they are called; what Monte Carlo drew has no twin."""
    rows, seen = labels(b), labels(a)
    for (sheet, cell), formula in a.formulas.items():
        letter, row = re.fullmatch("([A-Z]+)([0-9]+)", cell).groups()
        label = a.cells.get((sheet, "A" + row))
        mine, there = seen.get((sheet, label), []), rows.get((sheet, label), [])
        if formula == "loss_chance":
            continue
        if len(mine) == len(there) and row in mine:
            row = there[mine.index(row)]
        yield (sheet, cell), formula, (sheet, letter + row)


def labels(book):
    """Rows by the words in their first cell, from the top."""
    rows = {}
    for (sheet, cell), value in book.cells.items():
        if re.fullmatch("A[0-9]+", cell) and isinstance(value, str):
            rows.setdefault((sheet, value), []).append(cell[1:])
    return rows


def same(a, b):
    wrong = []
    for where, formula, there in twins(a, b):
        got = b.cells.get(there, "")
        if str(got).startswith("error") or not near(a.cells[where], got):
            wrong.append(f"{where[0]}!{where[1]}: {a.cells[where]!r} here, {got!r} there; ={formula[:160]}")
    for line in wrong[:25]:
        print(line)
    print(f"{len(a.formulas)} formula cells, {len(wrong)} differ")
    return 1 if wrong or not a.formulas else 0


def change(path, target, settings):
    book = Book(path)
    edits = {}
    for setting in settings:
        name, value = setting.split("=")
        sheet, cell = book.place(name)
        edits.setdefault(book.files[sheet], []).append((cell, value))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for item in book.zip.namelist():
            data = book.zip.read(item)
            for cell, value in edits.get(item, []):
                text = data.decode()
                text, count = re.subn(rf'(<c r="{cell}"[^>]*?)(/>|><v>[^<]*</v></c>)', rf"\1><v>{value}</v></c>", text)
                if count != 1:
                    raise SystemExit(f"{cell} is no number")
                data = text.encode()
            out.writestr(item, data)
    return 0


def results(report):
    """What the report says, by the names of the workbook's cells."""
    yield "dedicated_annual", report["dedicated_annual"]
    yield "platform_annual", report["platform_annual"]
    for timing, case in (("due", "refresh_due"), ("bought", "just_bought")):
        for what in ("investment", "npv", "irr", "mirr", "payback", "discounted_payback"):
            yield f"{what}_{timing}", report[case][what]
    yield "loss_chance", report["refresh_due"]["simulation"]["loss_part"]
    for year in report["years"]:
        yield f"saving_year_{year['year']}", year["saving"]
    for name in ("dedicated_kwh", "platform_kwh", "dedicated_use", "platform_use", "dedicated_embodied",
                 "platform_embodied"):
        yield name, report["carbon"][name]
    showback = report["showback"]
    yield "showback_total", showback["total"]
    yield "showback_idle", showback["idle"]
    for resource, pool in showback["pools"].items():
        if pool["weight"] is not None:
            yield f"rate_{resource}", pool["rate"]
    for bill in showback["bills"]:
        for rule, given in bill["rules"].items():
            yield f"bill_{rule}_{bill['enterprise']}".replace("-", "_"), given["bill"]


def as_report(book, report, but):
    wrong, count = [], 0
    for name, text in results(report):
        if name in but:
            continue
        count += 1
        got = book.cells.get(book.place(name), "") if name in book.names else "no such name"
        if text is None:
            if isinstance(got, float):
                wrong.append(f"{name}: {got!r} here, nothing in the report")
            continue
        digits = len(text.partition(".")[2])
        if not isinstance(got, float) or abs(got - float(text)) > 0.5 * 10 ** -digits + 1e-9 * abs(got):
            wrong.append(f"{name}: {got!r} here, {text} in the report")
    for line in wrong:
        print(line)
    print(f"{count} numbers of the report, {len(wrong)} differ")
    return 1 if wrong or count < 40 else 0


def main():
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    command, first = sys.argv[1], sys.argv[2]
    if command == "same":
        return same(Book(first), Book(sys.argv[3]))
    if command == "json":
        with open(sys.argv[3], encoding="utf-8") as file:
            return as_report(Book(first), json.load(file), sys.argv[4:])
    if command == "set":
        return change(first, sys.argv[3], sys.argv[4:])
    if command == "moved":
        a, b = Book(first), Book(sys.argv[3])
        count = sum(1 for where in a.formulas if not near(a.cells[where], b.cells.get(where, "")))
        print(f"{count} of {len(a.formulas)} formula cells moved")
        return 0 if count else 1
    if command == "names":
        book = Book(first)
        for name in sorted(book.names):
            if re.fullmatch(r"'?(.+?)'?!\$?([A-Z]+)\$?([0-9]+)", book.names[name]):
                print(name, repr(book.cells.get(book.place(name), "")))
        return 0
    raise SystemExit(__doc__)


if __name__ == "__main__":
    sys.exit(main())
