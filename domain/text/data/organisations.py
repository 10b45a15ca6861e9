"""
Words by which a Chinese organisation's name is recognised: legal forms, kinds of institution, trades.
"""

from typing import Final

LEGAL_FORMS: Final = tuple(
    "集团股份有限公司 集团有限责任公司 集团有限公司 股份有限公司 有限责任公司 有限公司 (有限公司) "
    "股份公司 集团公司 总公司 分公司 子公司 办事处 公司 集团 控股 "
    "(有限合伙) 有限合伙".split()
)
INSTITUTIONS: Final = tuple(
    "大学 学院 中学 小学 交大 浙大 师大 科大 工大 农大 医大 财大 理工大 一中 二中 三中 附中 学校 "
    "幼儿园 高中 技校 职高 党校 医院 卫生院 卫生服务中心 诊所 门诊部 门诊 保健院 疾控中心 药房 药店 "
    "体检中心 "
    "人民政府 政府 管委会 委员会 办公厅 办公室 街道办 街道办事处 公安局 公安分局 分局 教育局 税务局 "
    "财政局 卫健委 "
    "发改委 经信局 工信局 住建局 水利局 交通局 农业局 环保局 气象局 "
    "监管局 监督管理局 管理局 市监局 应急局 供电局 邮政局 法院 检察院 派出所 消防支队 支队 大队 研究院 "
    "研究所 设计院 科学院 农科院 林科院 社科院 医科院 电科院 中科院 规划院 实验室 测绘院 勘察院 "
    "出版社 杂志社 报社 "
    "电视台 银行 支行 分行 信用社 农商行 证券 基金会 协会 学会 商会 联合会 联盟 合作社 图书馆 博物馆 "
    "科技馆 体育馆 文化馆 展览馆 事务所 律所 商行 商店 商城 商场 超市 "
    "便利店 经营部 门市部 批发部 经销部 专卖店 旗舰店 五金店 服装店 酒店 大酒店 宾馆 饭店 酒楼 民宿 "
    "餐厅 餐馆 火锅店 面馆 茶楼 咖啡馆 美容院 理发店 健身房 "
    "工作室 设计室 厂 总厂 分厂 工厂 加工厂 制造厂 水厂 电厂 钢厂 机械厂 机床厂 农场 牧场 林场 养殖场 煤矿 "
    "铁矿 矿业 加油站 服务中心 数据中心 研发中心 检测中心 中心 "
    "产业园 工业园 科技园 园区 孵化器 车行 4S店 修理厂 汽修厂 驾校 殡仪馆 养老院 福利院 社区 居委会 "
    "村委会 物业 俱乐部 工会 团委 部队 监狱 地铁 交易所 一局 二局 三局 四局 五局 六局 七局 八局 九局 "
    "十局 工程局 航局 总医院 机场 高铁站 火车站 汽车站 码头 铁路局 电气化局 港务局".split()
)
"""
Kinds of institution and shop that close a name without a legal form.
"""
TRADES: Final = tuple(
    "科技发展 信息科技 网络科技 智能科技 电子科技 生物科技 环保科技 医疗科技 教育科技 农业科技 "
    "光电科技 新材料科技 科技集团 科技 信息技术 网络技术 技术服务 技术 信息 "
    "网络 软件 软件技术 智能 智能装备 智能制造 智造 数据 数字 数码 数科 云计算 云 通信 通讯 电子 "
    "电子商务 电商 半导体 微电子 芯片 光电 激光 自动化 自动化设备 机器人 "
    "仪器 仪器仪表 仪表 电气 电器 电力 电缆 电线电缆 电机 机电 机电设备 机械 机械设备 精密 精密机械 "
    "精密制造 精工 精机 重工 重机 机床 数控 装备 设备 制造 工业 实业 "
    "五金 五金制品 模具 塑胶 塑料 塑业 橡塑 橡胶 制品 包装 包装材料 印刷 彩印 纸业 造纸 陶瓷 玻璃 家具 "
    "家居 家电 家纺 卫浴 厨具 灯饰 照明 建材 建筑 建工 建设 建设工程 "
    "建筑工程 工程 工程技术 装饰 装饰工程 装修 装潢 门窗 幕墙 钢构 钢结构 钢铁 钢铁贸易 金属 金属制品 "
    "金属材料 铝业 铜业 锌业 特钢 不锈钢 矿业 石材 水泥 涂料 材料 新材料 化工 化学 "
    "石化 能源 新能源 能源科技 光伏 储能 风电 锂电 锂业 电池 蓄电池 动力 煤业 煤电 煤化 焦化 盐业 "
    "糖业 冶炼 铸管 铸造 锻造 焊接 轧钢 电解铝 稀土 燃气 热力 热电 环保 环境 "
    "环境科技 水务 水处理 节能 净化 园林 园林绿化 景观 市政 市政工程 路桥 交通 轨道交通 航空 "
    "航天 船舶 造船 船业 重装 汽车 汽车零部件 汽车部件 汽车配件 汽车电子 汽配 汽车销售 汽车服务 车业 客车 "
    "轮胎 轴承 阀门 泵业 泵阀 压缩机 电梯 起重机械 起重 农机 工具 消防 安防 安全 检测 检测技术 "
    "计量 测控 测绘 勘察 设计 规划设计 工业设计 文化 文化传媒 文化传播 传媒 广告 广告传媒 影视 影业 "
    "出版 传播 会展 会展服务 旅游 文旅 旅行社 酒店管理 餐饮 餐饮管理 食品 "
    "食业 饮料 乳业 肉业 粮油 粮业 油脂 茶业 酒业 酿酒 调味品 农业 农业发展 农牧 牧业 畜牧 渔业 水产 "
    "种业 饲料 养殖 果业 枣业 蛋业 菇业 蜂业 花卉 生态 酸奶 生物 生物技术 生物医药 医药 药业 制药 "
    "医疗 医疗器械 "
    "医疗设备 医学 健康 健康管理 健康科技 康复 口腔 口腔医疗 美容 美业 化妆品 日化 日用品 母婴 "
    "母婴用品 宠物 宠物用品 玩具 文具 体育 体育文化 体育用品 珠宝 饰品 首饰 服装 服饰 时装 制衣 纺织 "
    "纺织品 针织 织造 印染 化纤 鞋业 皮革 皮具 箱包 贸易 国际贸易 进出口 进出口贸易 外贸 商贸 商业 "
    "百货 连锁 零售 供应链 供应链管理 物流 国际物流 国际货运代理 货运 运输 快运 速运 仓储 冷链 "
    "冷链物流 港务 港口 海运 地产 置业 置地 房产 房地产 房地产开发 房产开发 物业管理 物业服务 投资 "
    "投资管理 资产管理 资本 基金 金融 保险 保险代理 租赁 融资租赁 担保 典当 拍卖 咨询 企业管理 "
    "企业管理咨询 管理咨询 工程咨询 财务咨询 财税 税务师 会计 人力资源 人力 劳务 教育 教育培训 培训 "
    "教育咨询 教育集团 产业 产业发展 发展 开发 集成 系统 系统集成 控制 控制技术 股份 "
    "国际 中国 服务 游戏 互娱 互动 互联 物联 物联网 互动娱乐 研发 创意 创新 空调 制冷 暖通 暖通设备 "
    "电源 电路 线路板 连接器 传感 传感器 光学 光纤 显示 触控 航运 渔具 种苗 园艺 木业 竹业 棉业 "
    "丝绸 羊绒 地毯 窗帘 家政 保安 安保 保洁 人防 防水 保温 油田 油气 气体 管道 管业 水泵 锅炉 环卫 "
    "清洁 健身 婚庆 摄影 图文 快印 标识 展示 展览".split()
)
"""
Trades with which people end a name when they leave the legal form out (杭州云途科技).
"""
SHORT_SHOPS: Final = (
    "店",
    "行",
    "院",
    "所",
    "局",
    "馆",
    "社",
    "庄",
    "坊",
    "部",
    "站",
    "阁",
    "轩",
    "堂",
    "斋",
    "委",
    "厅",
)
"""
Single characters that close the name of a shop or an office when three or more characters stand before them.
"""
LATIN_FORMS: Final = (
    "Co., Ltd.",
    "Co.,Ltd.",
    "Co., Ltd",
    "Co.,Ltd",
    "Co. Ltd.",
    "Co Ltd",
    "Ltd.",
    "Limited",
    "Ltd",
    "Inc.",
    "Inc",
    "Corporation",
    "Corp.",
    "Corp",
    "Company",
    "Group",
    "GmbH",
    "LLC",
    "AG",
    "PLC",
    "S.A.",
)
LATIN_TRADES: Final = tuple(
    "Technology Technologies Tech Electronics Electric Systems System Automotive Auto Motors Semiconductor "
    "Pharma Pharmaceutical Pharmaceuticals Medical Biotech Industries Industrial Solutions "
    "Instruments Foods Food "
    "Logistics Energy Power Bank Hospital University College School Hotel Steel Chemical Chemicals Machinery "
    "Tools Robotics Automation Software Networks Trading Holdings Enterprises International China "
    "Shanghai Beijing Shenzhen Guangzhou Suzhou Hangzhou Nanjing Wuxi Ningbo Tianjin Chongqing "
    "Chengdu Wuhan Xian "
    "Qingdao Dalian Zhengzhou Changsha Dongguan Foshan Zhuhai Xiamen Hefei Kunshan Shenyang Jinan Taicang "
    "Changzhou Nantong Jiaxing Wenzhou Huizhou Changchun Kunming".split()
)
"""
Last words of firms in Latin letters: their trade or the city of their Chinese branch.
"""
