"""Small Excel workbooks, written part by part."""

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def sheet(*rows: str) -> str:
    """Return a sheet of comma-separated cells: numbers, `=FORMULA→value`, booleans and words."""
    return "".join(
        f'<row r="{number}">{"".join(map(_cell, row.split(",")))}</row>'
        for number, row in enumerate(rows, 1)
    )


def _cell(text: str) -> str:
    if text.startswith("="):
        formula, _, value = text[1:].partition("→")
        return f'<c t="str"><f>{formula}</f><v>{value}</v></c>'
    if text in ("TRUE", "FALSE"):
        return f'<c t="b"><v>{int(text == "TRUE")}</v></c>'
    if text.isdigit():
        return f"<c><v>{text}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def workbook(path: Path, **sheets: str) -> Path:
    """Write a workbook of sheets by name."""
    names = list(sheets)
    entries = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(names, 1)
    )
    relations = "".join(
        f'<Relationship Id="r{n}" Type="{_LINKS}/worksheet" Target="worksheets/s{n}.xml"/>'
        for n in range(1, len(names) + 1)
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}">'
        f"<sheets>{entries}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f"{relations}</Relationships>",
    } | {
        f"xl/worksheets/s{n}.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{sheets[name]}'
        "</sheetData></worksheet>"
        for n, name in enumerate(names, 1)
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return path
