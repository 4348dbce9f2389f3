"""The officials of the sample office: invented names, one duty each, so that duties stay apart."""

from __future__ import annotations

import random
from dataclasses import dataclass

from core import capability as roles


@dataclass(frozen=True, kw_only=True)
class Official:
    """An account of the sample office."""

    login: str
    name: str
    roles: tuple[str, ...]
    duty: str


ADMIN = Official(login="guyun", name="顾昀", roles=(roles.ADMINISTRATOR,), duty="系统管理")
CLERK = Official(login="wangfang", name="王芳", roles=(roles.CLERK,), duty="收件、受理、公示")
REVIEWER = Official(login="liqing", name="李青", roles=(roles.REVIEWER,), duty="初审、核算审查")
SECOND = Official(login="zhaoming", name="赵明", roles=(roles.SECOND_REVIEWER,), duty="复审")
APPROVER = Official(login="sunlan", name="孙岚", roles=(roles.APPROVER,), duty="审定")
REGISTRAR = Official(login="hejing", name="何静", roles=(roles.REGISTRAR,), duty="登簿")
CHECKER = Official(login="songyu", name="宋宇", roles=(roles.CHECKER,), duty="校对")
ISSUER = Official(login="tangning", name="唐宁", roles=(roles.ISSUER,), duty="缮证、发证")
AUDITOR = Official(login="fangzheng", name="方正", roles=(roles.AUDITOR,), duty="审计")

CASHIER = Official(login="chenxi", name="陈曦", roles=(roles.CASHIER,), duty="收款")
RECEIPT_ISSUER = Official(login="luyao", name="陆遥", roles=(roles.RECEIPT_ISSUER,), duty="开票")
RECEIPT_REVIEWER = Official(
    login="qinlan", name="秦岚", roles=(roles.RECEIPT_REVIEWER,), duty="票据复核"
)
FUND_MANAGER = Official(login="jiangfan", name="江帆", roles=(roles.FUND_MANAGER,), duty="基金管理")
SECRETARY = Official(login="suhe", name="苏禾", roles=(roles.SECRETARY,), duty="委员会秘书")
SUPERVISOR = Official(login="zhouzheng", name="周正", roles=(roles.SUPERVISOR,), duty="抽取监督")
EXPERT = Official(login="xukun", name="许堃", roles=(roles.EXPERT,), duty="评审专家")

STAFF = (
    CLERK, REVIEWER, SECOND, APPROVER, REGISTRAR, CHECKER, ISSUER, AUDITOR,
    CASHIER, RECEIPT_ISSUER, RECEIPT_REVIEWER, FUND_MANAGER,
    SECRETARY, SUPERVISOR, EXPERT,
)  # fmt: skip
EVERYBODY = (ADMIN, *STAFF)

_WORDS = (
    "madian", "songtao", "hualu", "qingxi", "yunling", "baihe", "shuixing", "luming",
    "zhulin", "fengxiang", "yushan", "lanxi", "chunyu", "qiushi", "shilin", "caotang",
)  # fmt: skip


def passwords(seed: int) -> dict[str, str]:
    """A password for every account; from the seed, because sample data protect nothing."""
    chance = random.Random(f"lintan sample office {seed}")  # noqa: S311 - sample data, replayable
    return {
        official.login: f"{chance.choice(_WORDS)}-{chance.choice(_WORDS)}-{chance.randint(1000, 9999)}"
        for official in EVERYBODY
    }
