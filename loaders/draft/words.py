"""What people call columns, in English and Chinese: patterns over `Column.words`, where `_` parts words."""

from __future__ import annotations

OUTCOMES: tuple[tuple[str, str, str], ...] = (
    ("fraud", r"fraud|_chargeback|_scam_|欺诈|骗贷|拒付", "7d"),
    (
        "overdue",
        r"_overdue|_default_|_defaulted_|delinq|_dlq|_bad_|_creditability_|_npl_|逾期|违约|坏账",
        "30d",
    ),
    ("approval", r"_approv|_is_accepted_|_loan_status_|审批结果|审批状态|是否通过|是否批准", "1d"),
    ("disbursement", r"_disburs|_funded_|放款|是否提现", "3d"),
)
"""Target, names of its columns, and a delay that is usual."""
ANY_OUTCOME = r"^_(?:is_)?(?:label|lable|class|target|outcome|y|flag|churn)_$|标签|标记|好坏"
AFTERWARDS = r"fraud|_reject|_risk_profile|_is_risky|欺诈|拒绝原因|拒贷"
"""Known after the decision; as a property it would give the answer away."""
POSITIVE = {"1", "true", "t", "yes", "y", "是", "有", "fraud", "fraudulent", "bad", "overdue", "default", "defaulted", "late",
            "approved", "approve", "accepted", "pass", "passed", "disbursed", "funded", "paid",
            "欺诈", "逾期", "违约", "坏", "通过", "已通过", "批准", "同意", "已放款"}  # fmt: skip
NEGATIVE = {"0", "false", "f", "no", "n", "否", "无", "legit", "genuine", "good", "normal", "ok", "rejected", "reject",
            "declined", "denied", "not approved", "正常", "好", "未逾期", "拒绝", "已拒绝", "未通过", "未放款"}  # fmt: skip

ID = r"_(?:id|ids|uuid|guid|key|code|sn|serial|idx|index)_|_(?:no|nr|number)_$|编号|编码|号码|流水|序号|单号|_\w*号_"
USER = (
    r"_(?:user|customer|cust|client|applicant|borrower|member|person|people|uid|userid|custid|"
    r"consumer)_|用户|客户|会员|借款人|申请人"
)
USER_ALONE = r"_(?:uid|userid|custid)_|^_(?:user|customer|client|member|用户|客户)_$"
FACT = (
    r"_(?:application|applications|apply|loan|transaction|trans|txn|tx|order|payment|purchase|claim|"
    r"case|request)_|申请|进件|订单|交易|流水|借据|合同|支付"
)
BARE_ID = r"^_(?:id|index|row|rowid|unnamed_\d+|column_1|seq|编号|序号|主键)_$|^_row_(?:id|no|number)_$"

TIME = r"_(?:time|date|datetime|timestamp|ts|day|at|on|when|created|dt)_|时间|日期|时刻"
HAPPENED = rf"{FACT}|_applied_|_submit|下单"
GENERAL_TIME = r"_(?:event|created|create|creation|occurred|timestamp|datetime)_|发生|创建"
NOT_EVENT = (
    r"_(?:updated?|modified|modify|end|expir\w*|due|clos\w*|repa\w*|matur\w*|valid|last|next|"
    r"finish\w*)_|更新|到期|还款|结清|失效"
)
SIGN_UP = r"_(?:signup|sign_up|register|registered|registration|reg|joined|opened)_|注册|开户"
BIRTH = r"_(?:birth|birthday|birthdate|dob|born)_|出生|生日"
LEARNED = (
    r"_(?:label|outcome|reported|report|confirmed|overdue|fraud|chargeback)_.*_(?:time|date|at|on)_|"
    r"标记时间|逾期日期|确认时间"
)

PHONE = r"_(?:phone|mobile|tel|telephone|cell|cellphone|msisdn|phonenumber)_|手机|电话|联系方式"
EMAIL = r"_(?:email|e_mail|mail|mailbox)_|邮箱|邮件"
IP = r"_(?:ip|ipv4|ipv6|ipaddress|ipaddr)_|ip地址"
CARD = r"_(?:card|bankcard|pan|iban|account_no|account_number|card_no)_|银行卡|卡号|账号|账户号"
ID_NUMBER = r"_(?:id_card|idcard|id_number|id_no|identity|national_id|cert_no|ssn_cn)_|身份证|证件号"
DEVICE = (
    r"_(?:device|imei|imsi|idfa|idfv|gaid|oaid|android_id|androidid|mac|fingerprint|deviceid|did|"
    r"udid|openudid)_|设备"
)
NOT_DEVICE = (
    r"_(?:type|brand|model|os|system|version|price|count|num|lang\w*|time|date|manufacturer)_|类型|品牌|"
    r"型号|系统|时间|数量"
)
ADDRESS = r"_(?:address|addr|street|residence)_|地址|住址|居住地|户籍地"
NOT_ADDRESS = r"_(?:ip|e?mail|mac|type|since|time|date|count|status)_|类型|时间"
EMPLOYER = (
    r"_(?:employer|company|corp|corporation|workplace|work_unit|organi[sz]ation)_|单位|公司|雇主|工作地"
)
NOT_EMPLOYER = (
    r"_(?:type|size|industry|id|no|phone|tel|address|addr|count|since|time|date|nature|scale)_|类型|性质|"
    r"规模|行业|电话|地址|编号"
)
CONTACT = r"_(?:contact|emergency|relative|friend|spouse|reference|guarantor)_|联系人|紧急|亲属|配偶|朋友"
OFFICE = r"_(?:company|work|office|employer|corp|unit|business)_|单位|公司|办公"

PERSON_NAME = (
    r"^_(?:name|real_name|realname|full_name|fullname|first_name|last_name|surname|given_name)_$|"
    r"_(?:user|customer|cust|client|applicant|borrower|contact|person|holder|owner|spouse|relative|"
    r"member|card)_name_|_name_\d+_$|姓名|名字|户名|持卡人"
)
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金"
    "石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
PRIVATE = (
    r"_(?:ssn|passport|licen[cs]e|plate|wechat|weixin|qq|openid|unionid|username|login|nick\w*|"
    r"password|pwd|token|secret|cvv|lat|latitude|lon|lng|longitude|gps|geo|postcode|zip|zipcode|"
    r"postal)_|微信|护照|驾照|驾驶证|车牌|昵称|密码|经度|纬度|邮编|社保|公积金账"
)
"""Personal, and no type fits."""

SEX = r"_(?:sex|gender)_|性别"
WOMAN, MAN = (
    {"f", "female", "woman", "w", "女", "女性", "女士"},
    {"m", "male", "man", "男", "男性", "男士", "先生"},
)
MONEY = (
    r"_(?:amount|amounts|amt|price|fee|fees|balance|income|salary|wage|wages|revenue|principal|cost|"
    r"credit_limit|credit_line|quota|purchase_value|order_value|transaction_value|loan_value|"
    r"repayment)_|金额|价格|余额|收入|工资|薪|额度|本金|月供|费用"
)
NOT_MONEY = (
    r"_(?:ratio|rate|pct|percent|percentage|share|number|count|cnt|num|days|months|times|years|score|"
    r"class|level|type|status|code|utili[sz]ation|id|since|flag|has|is)_|率|次数|天数|期数|类型|等级|是否"
)
AMOUNT = (
    r"_(?:amount|amt|purchase_value|transaction_value|order_value|loan_value)_|申请金额|贷款金额|借款金额|交易金额|"
    r"订单金额|^_金额_$"
)
INCOME = r"_income_|收入"
CENTS = r"_(?:cents|cent|fen|minor)_|（分）|_分_$"
TERM = (
    r"^_(?:loan_)?(?:term|tenor|terms)_(?:months?_)?$|_(?:duration|term|tenor)_(?:in_)?months?_|期数|"
    r"期限|贷款期"
)
PRODUCT = r"^_(?:loan_)?product_(?:id_|code_|name_|type_)?$|产品"
LENDER = r"^_(?:lender|institution|funder|bank)_(?:id_|code_|name_)?$|资金方|放款机构|贷款机构"
CHANNEL = r"^_(?:channel|source|traffic_source|utm_source)_$|渠道|来源"

CHINESE = {
    "年龄": "age", "学历": "education", "教育": "education", "婚姻": "marital_status", "职业": "occupation",
    "城市": "city",
    "省份": "province", "省": "province", "地区": "area", "区域": "area", "产品": "product", "渠道": "channel",
    "期限": "term",
    "金额": "amount", "收入": "income", "工资": "salary", "余额": "balance", "额度": "credit_limit", "利率": "rate",
    "用途": "purpose", "行业": "industry", "评分": "score", "等级": "level", "类型": "type", "状态": "status",
    "数量": "count", "次数": "times", "天数": "days", "时间": "time", "日期": "date", "门店": "store", "商户": "merchant",
    "终端": "terminal", "经理": "manager", "代理": "agent", "姓名": "name", "设备": "device", "品牌": "brand",
    "型号": "model",
    "费用": "fee", "价格": "price", "住房": "housing", "车": "car", "客户经理": "manager",
}  # fmt: skip
"""Names for properties and types, by the first of these that a Chinese column name holds."""
