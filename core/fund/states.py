"""Words of the fund: forms of gifts, ways of receipts, states; values are stored, titles shown."""

from __future__ import annotations

from enum import StrEnum

from core.i18n import N_


class Form(StrEnum):
    """What is given and how it comes in."""

    TRANSFER = "transfer"
    CASH = "cash"
    OTHER = "other"
    IN_KIND = "in_kind"
    INTANGIBLE = "intangible"

    @property
    def is_money(self) -> bool:
        """Whether the gift is money."""
        return self in {Form.TRANSFER, Form.CASH, Form.OTHER}


class Nature(StrEnum):
    """What an amount really is. Only a gift can have a receipt (财综〔2024〕1号 第八条)."""

    GIFT = "gift"
    INTEREST = "interest"
    SPONSORSHIP = "sponsorship"
    APPORTIONMENT = "apportionment"


class DonationState(StrEnum):
    """Where a donation is.

    `registered` (noted), `arrived` (the money is there), `reviewed` (a second person agrees to a
    receipt), `receipted` (in one valid receipt, locked), `refunded`, `rebooked` (moved to another
    donor's new donation).
    """

    REGISTERED = "registered"
    ARRIVED = "arrived"
    REVIEWED = "reviewed"
    RECEIPTED = "receipted"
    REFUNDED = "refunded"
    REBOOKED = "rebooked"


class Way(StrEnum):
    """The three real ways of a receipt."""

    OFFICIAL = "official"
    STOCK = "stock"
    OWN = "own"


class ReceiptState(StrEnum):
    """Whether a receipt counts; a `negative` one is the red counterpart of a reversed one."""

    ISSUED = "issued"
    VOID = "void"
    REVERSED = "reversed"
    NEGATIVE = "negative"


class SheetState(StrEnum):
    """The fate of one pre-printed sheet."""

    UNUSED = "unused"
    USED = "used"
    VOID = "void"
    SPOILED = "spoiled"
    LOST = "lost"
    RETURNED = "returned"


class Consent(StrEnum):
    """What a donor allows to be published (慈善法 第八十二条)."""

    FULL = "full"
    NAME_ONLY = "name_only"
    NONE = "none"


class ChangeKind(StrEnum):
    """How a receipt stops counting."""

    VOID = "void"
    REVERSE = "reverse"


class GrantState(StrEnum):
    """Where a use of funds is."""

    REQUESTED = "requested"
    PAID = "paid"
    REFUSED = "refused"


class Use(StrEnum):
    """What money of the fund is spent on."""

    MEASURING = "measuring"
    DEVELOPMENT = "development"
    PLANTING = "planting"
    TRAINING = "training"
    MANAGEMENT = "management"
    OTHER = "other"


class LineVerdict(StrEnum):
    """What a line of a bank statement turned out to be."""

    OPEN = "open"
    MATCHED = "matched"
    NOT_A_GIFT = "not_a_gift"


FORM_TITLES = {
    Form.TRANSFER: N_("Bank transfer"),
    Form.CASH: N_("Cash"),
    Form.OTHER: N_("Other payment"),
    Form.IN_KIND: N_("In kind"),
    Form.INTANGIBLE: N_("Intangible"),
}
NATURE_TITLES = {
    Nature.GIFT: N_("Gift"),
    Nature.INTEREST: N_("Interest"),
    Nature.SPONSORSHIP: N_("Sponsorship"),
    Nature.APPORTIONMENT: N_("Apportionment"),
}
DONATION_TITLES = {
    DonationState.REGISTERED: N_("Noted"),
    DonationState.ARRIVED: N_("Received, to be reviewed"),
    DonationState.REVIEWED: N_("Reviewed, receipt to be issued"),
    DonationState.RECEIPTED: N_("Receipt issued"),
    DonationState.REFUNDED: N_("Refunded"),
    DonationState.REBOOKED: N_("Moved to another donor"),
}
WAY_TITLES = {
    Way.OFFICIAL: N_("Official e-receipt"),
    Way.STOCK: N_("Pre-printed stock"),
    Way.OWN: N_("Own confirmation (no fiscal receipt)"),
}
RECEIPT_TITLES = {
    ReceiptState.ISSUED: N_("Valid"),
    ReceiptState.VOID: N_("Void"),
    ReceiptState.REVERSED: N_("Reversed"),
    ReceiptState.NEGATIVE: N_("Red counterpart"),
}
SHEET_TITLES = {
    SheetState.UNUSED: N_("Unused"),
    SheetState.USED: N_("Used"),
    SheetState.VOID: N_("Void"),
    SheetState.SPOILED: N_("Spoiled"),
    SheetState.LOST: N_("Lost"),
    SheetState.RETURNED: N_("Returned unused"),
}
GRANT_TITLES = {
    GrantState.REQUESTED: N_("Asked for"),
    GrantState.PAID: N_("Agreed and paid"),
    GrantState.REFUSED: N_("Refused"),
}
USE_TITLES = {
    Use.MEASURING: N_("Measuring and monitoring"),
    Use.DEVELOPMENT: N_("Project development"),
    Use.PLANTING: N_("Planting"),
    Use.TRAINING: N_("Training and publicity"),
    Use.MANAGEMENT: N_("Management costs"),
    Use.OTHER: N_("Other"),
}
#: The same words for papers, which are always Chinese.
USE_CHINESE = {
    Use.MEASURING: "计量监测",
    Use.DEVELOPMENT: "项目开发",
    Use.PLANTING: "造林",
    Use.TRAINING: "宣传培训",
    Use.MANAGEMENT: "管理费",
    Use.OTHER: "其他",
}
FORM_CHINESE = {
    Form.TRANSFER: "银行转账",
    Form.CASH: "现金",
    Form.OTHER: "其他",
    Form.IN_KIND: "实物",
    Form.INTANGIBLE: "无形资产",
}
WAY_CHINESE = {
    Way.OFFICIAL: "公益事业捐赠票据（电子）",
    Way.STOCK: "公益事业捐赠票据（纸质）",
    Way.OWN: "捐赠确认函（非财政票据）",
}
STATE_CHINESE = {
    ReceiptState.ISSUED: "有效",
    ReceiptState.VOID: "已作废",
    ReceiptState.REVERSED: "已冲红",
    ReceiptState.NEGATIVE: "红字",
}
SHEET_CHINESE = {
    SheetState.UNUSED: "未用",
    SheetState.USED: "已用",
    SheetState.VOID: "作废",
    SheetState.SPOILED: "毁损",
    SheetState.LOST: "遗失",
    SheetState.RETURNED: "空白交回",
}
