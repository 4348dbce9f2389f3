"""Facts, identities and helpers for tests that make papers."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from core.documents import render
from core.documents.authority import TestAuthority, create_test_office
from core.documents.layout import Marks
from core.documents.sign import Signer, sign
from core.documents.templates import shipped

NOW = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)
OFFICE = "明光市林业局"
APPROVER = "赵审定"
NUMBER = "明林碳证〔2026〕第000001号"
RARE = "㛃𬱖䶮𠅤𬭎犇堃喆翀昉𫖯𫘝"
LETTER: dict[str, Any] = {
    "office_name": OFFICE,
    "office_short": "明林",
    "office_phone": "0550-0000000",
    "date": "2026-11-25",
    "applicant": "明光市白米山农民林业专业合作社",
    "received_date": "2026-11-22",
    "application_kind": "首次登记",
    "acceptance_number": "明林碳受〔2026〕1号",
    "limit_days": 7,
    "due_date": "2026-12-03",
    "clerk": "王芳",
}


def ring(x: int, y: int, radius: int, seed: int) -> list[list[int]]:
    """A closed ring of a parcel in whole decimetres."""
    chance = random.Random(seed)
    points = []
    for step in range(14):
        reach = radius * chance.uniform(0.7, 1.0)
        angle = 2 * math.pi * step / 14
        points.append([round(x + reach * math.cos(angle)), round(y + reach * math.sin(angle))])
    return [*points, points[0]]


def certificate(parcels: int = 4, owners: int = 0, holder: str = "") -> dict[str, Any]:
    """Facts of a certificate with so many parcels and co-owners."""
    names = [f"张{RARE[n % len(RARE)]}" for n in range(owners)]
    holders = holder or "、".join(names) or "明光市白米山农民林业专业合作社"
    return {
        "office_name": OFFICE,
        "ecology_body": "滁州市明光市生态环境分局",
        "date": "2026-11-25",
        "number": NUMBER,
        "holder_names": holders,
        "holder_short": f"{names[0]}等{owners}人" if owners > 1 else holders,
        "id_tail": "5213",
        "id_text": "统一社会信用代码 9334**********521X",
        "ownership": "按份共有" if owners else "单独所有",
        "location": "明光市涧溪镇白米山村",
        "right_certificates": "明林证字（2010）第0001000号等",
        "area": 333_345,
        "forest_class": "用材林、一般商品林",
        "origin": "人工林",
        "species": "麻栎、杉木",
        "term": "2008年1月1日至2057年12月31日",
        "period": "2021年1月1日至2025年12月31日",
        "tonnes": 519_554,
        "method": "蓄积量法（2025版）",
        "measuring_body": "某林业调查规划院",
        "approval_number": "明林碳审〔2026〕3号",
        "filing_number": "滁明环碳备〔2026〕2号",
        "filing_by_seal": True,
        "owners": [
            {"name": name, "id_text": "居民身份证 3411**********121X", "share": f"1/{owners}"}
            for name in names
        ],
        "parcels": [
            {
                "label": str(n + 1),
                "place": f"涧溪镇白米山村{n + 1}组",
                "sub_compartment": f"{n:04}—{n:05}",
                "right_certificate": f"明林证字（2010）第{n:07}号",
                "area_mu": "123.45",
                "species": "麻栎",
                "v1": "1,234.56",
                "v2": "1,534.78",
                "rings": [ring(3000 * (n % 8), 3000 * (n // 8), 1400, n)],
            }
            for n in range(parcels)
        ],
        "formula": ["CO₂e = ΣV·D·BEF·(1+R)·CF·44/12", "麻栎：1,234.56 m³ × 0.676 = 834.56 t"],
        "parameter_set": "第1版（未经确认）",
    }


@cache
def _made(folder: Path) -> TestAuthority:
    return create_test_office(folder, OFFICE, passphrase="口令 pass", now=NOW, people=[APPROVER])


def authority(folder: Path) -> TestAuthority:
    """A test authority in the folder, made once."""
    return _made(folder)


def paper(
    kind: str, facts: dict[str, Any], signer: Signer | None, marks: Marks | None = None
) -> bytes:
    """A paper of the shipped template, signed when there is a signer."""
    job = render.Job(
        shipped(kind), facts, NOW, NUMBER, marks or Marks(), signer.qr if signer else None
    )
    if signer is None:
        return render.draw(job)
    return sign(render.draw(job, signer.slot("签发", NOW)), signer)


def facts_for(kind: str, rows: int = 3) -> dict[str, Any]:
    """Facts of every kind a template declares, for templates without a case of their own."""
    made: dict[str, Any] = {
        "office_name": OFFICE,
        "office_short": "明林",
        "office_phone": "0550-0000000",
        "office_address": "明光市某路1号",
        "ecology_body": "滁州市明光市生态环境分局",
        "registry_body": "明光市不动产登记中心",
        "reconsideration_body": "明光市人民政府",
        "basis_document": "《滁州市林业碳汇试点工作方案》",
        "basis_clauses": "第五条",
        "date": "2026-11-25",
        "number": "明林碳〔2026〕15号",
    }
    for name, spec in shipped(kind).facts.items():
        made[name] = {
            "text": f"{spec.title.split('，')[0].split('（')[0]}某某",
            "date": "2026-11-22",
            "flag": len(name) % 2 == 0,
            "number": 123_456,
            "list": ["首项材料，共三页", "第二项材料，与原件一致"],
            "rows": [
                {column: f"{column[:6]}{n + 1}" for column in spec.columns} for n in range(rows)
            ],
            "parcels": [{"label": "1", "rings": [ring(0, 0, 900, 1)]}] * rows,
        }[spec.kind]
    return made
