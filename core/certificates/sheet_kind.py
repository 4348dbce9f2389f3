"""What a measuring body's workbook of applications looks like."""

from __future__ import annotations

from core.i18n import N_
from core.parties.model import OrganisationKind, PartyKind
from core.parties.sheets import OTHER_WORDS
from core.sheets.spec import ImportKind, SheetColumn, SheetSpec
from core.values.identity import CHINESE_NAMES, IdKind

APPLICATIONS = "申请"
HOLDERS = "权利人"
PARCELS = "地块"

_KEY = "申请序号"

_APPLICATION_COLUMNS = (
    SheetColumn(key="key", header=_KEY, required=True, help="本工作簿内的序号，三张表用它对应", example="1"),
    SheetColumn(key="project_name", header="项目名称", required=True, example="岭东坡麻栎林碳汇"),
    SheetColumn(
        key="ownership",
        header="共有情况",
        kind="choice",
        choices=(("sole", "单独所有"), ("shares", "按份共有"), ("joint", "共同共有")),
        help="不填按单独所有",
        example="单独所有",
    ),
    SheetColumn(key="period_from", header="监测期起", kind="date", required=True, example="2021-01-01"),
    SheetColumn(key="period_to", header="监测期止", kind="date", required=True, example="2025-12-31"),
    SheetColumn(
        key="measuring_body",
        header="监测核算机构",
        help="名称或统一社会信用代码，须已在主体库登记",
        example="江淮绿测技术有限公司（样例）",
    ),
    SheetColumn(key="report_number", header="报告编号"),
    SheetColumn(key="report_date", header="报告日期", kind="date"),
    SheetColumn(key="method", header="核算方法及版本"),
    SheetColumn(key="stated_tonnes", header="申报吨数", kind="tonnes", example="304.44"),
    SheetColumn(key="valid_until", header="证书有效期止", kind="date"),
    SheetColumn(key="phone", header="联系电话", kind="phone"),
    SheetColumn(key="address", header="联系地址"),
    SheetColumn(key="remarks", header="备注"),
)  # fmt: skip

_HOLDER_COLUMNS = (
    SheetColumn(key="application", header=_KEY, required=True, example="1"),
    SheetColumn(
        key="kind",
        header="类别",
        kind="choice",
        required=True,
        choices=((PartyKind.PERSON.value, "个人"), (PartyKind.ORGANISATION.value, "组织")),
        also=OTHER_WORDS,
        example="个人",
    ),
    SheetColumn(key="name", header="姓名或名称", required=True, example="陈㛃"),
    SheetColumn(
        key="organisation_kind",
        header="组织类型",
        kind="choice",
        choices=tuple((kind.value, kind.value) for kind in OrganisationKind),
        help="组织必填",
    ),
    SheetColumn(
        key="id_kind",
        header="证件类型",
        kind="choice",
        choices=tuple((kind.value, CHINESE_NAMES[kind]) for kind in IdKind),
        help="不填时：个人按居民身份证，组织按统一社会信用代码",
    ),
    SheetColumn(key="number", header="证件号码", kind="code", help="以文本填写", example="341199196803120422"),
    SheetColumn(key="no_number_reason", header="无号码原因", help="没有证件号码时必填"),
    SheetColumn(key="representative_post", header="代表人职务"),
    SheetColumn(key="representative_name", header="代表人姓名"),
    SheetColumn(key="phone", header="联系电话", kind="phone"),
    SheetColumn(key="share", header="份额", help="分数，如 1/3；单独所有不填", example="1"),
)  # fmt: skip

_PARCEL_COLUMNS = (
    SheetColumn(key="application", header=_KEY, required=True, example="1"),
    SheetColumn(key="township_code", header="乡镇代码", kind="digits", digits=9, required=True, example="341182100"),
    SheetColumn(key="township", header="乡镇", required=True, example="张八岭镇"),
    SheetColumn(key="village_code", header="村代码", kind="digits", digits=3, example="236"),
    SheetColumn(key="village", header="村", required=True, example="岭上村"),
    SheetColumn(key="place_name", header="小地名", example="岭东坡"),
    SheetColumn(key="compartment", header="林班", kind="digits", digits=4, example="0009"),
    SheetColumn(key="sub_compartment", header="小班", kind="digits", digits=5, example="00006"),
    SheetColumn(key="data_year", header="小班数据年度", kind="int", example="2025"),
    SheetColumn(key="estate_unit_no", header="不动产单元号", kind="code", example="341182100236JE00014L00000001"),
    SheetColumn(key="right_cert_no", header="林权证号", aliases=("不动产权证书号", "林权证号或不动产权证书号"),
                example="皖（2019）明光市不动产权第9900014号"),
    SheetColumn(key="area", header="面积（公顷）", kind="area_ha", required=True, example="5.1400"),
    SheetColumn(key="species", header="优势树种", required=True, example="麻栎"),
    SheetColumn(key="group", header="参数组", help="须明确指定，不自动套用", example="栎类"),
    SheetColumn(key="origin", header="起源", example="人工"),
    SheetColumn(key="forest_class", header="森林类别", example="商品林"),
    SheetColumn(key="forest_category", header="林种", example="用材林"),
    SheetColumn(key="age_group", header="龄组", example="幼龄林"),
    SheetColumn(key="stock_t1", header="期初蓄积（立方米）", kind="volume", example="142.89"),
    SheetColumn(key="stock_t2", header="期末蓄积（立方米）", kind="volume", example="283.21"),
    SheetColumn(key="manual_tonnes", header="手工录入吨数", kind="tonnes", help="竹林等不按蓄积核算的填写"),
    SheetColumn(key="report_page", header="报告页码", help="手工录入吨数所在页"),
    SheetColumn(key="term_until", header="经营期限止", kind="date"),
    SheetColumn(key="mortgaged", header="已抵押", kind="bool"),
    SheetColumn(key="forest_owner", header="林木所有权人"),
    SheetColumn(key="geometry", header="图形（WKT）", help="POLYGON((东 北, …))，次序为先东后北"),
    SheetColumn(key="srid", header="坐标系", help="4490、4527、4528、4548 或 4549，前面可写 EPSG:", example="4527"),
)  # fmt: skip

APPLICATIONS_IMPORT = ImportKind(
    key="applications",
    title=N_("Applications with parcels"),
    note=(
        "由监测核算机构填写：每件申请在“申请”表占一行，其权利人、地块分别填在另两张表，以申请序号对应。",
        "导入后各件为草稿，由经办人核对后收件。",
    ),
    sheets=(
        SheetSpec(name=APPLICATIONS, columns=_APPLICATION_COLUMNS),
        SheetSpec(name=HOLDERS, columns=_HOLDER_COLUMNS),
        SheetSpec(name=PARCELS, columns=_PARCEL_COLUMNS),
    ),
)
