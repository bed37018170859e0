// What a vocational college of traffic teaches and what it costs a year, in fen.
const major = (name, tuitionYuan, booksFen) => ({ name, tuition: tuitionYuan * 100, books: booksFen });

export const colleges = [
    {
        name: '道路桥梁工程学院',
        majors: [
            major('道路桥梁工程技术', 5300, 48650),
            major('道路养护与管理', 5000, 46280),
            major('工程测量技术', 5300, 51220),
            major('建设工程监理', 5000, 44900),
        ],
    },
    {
        name: '汽车工程学院',
        majors: [
            major('汽车检测与维修技术', 5300, 52840),
            major('新能源汽车技术', 5800, 55360),
            major('汽车制造与试验技术', 5300, 50910),
            major('智能网联汽车技术', 5800, 56075),
        ],
    },
    {
        name: '轨道交通学院',
        majors: [
            major('城市轨道交通运营管理', 5800, 47830),
            major('城市轨道车辆应用技术', 5800, 53705),
            major('铁道交通运营管理', 5300, 46990),
        ],
    },
    {
        name: '管理工程学院',
        majors: [
            major('现代物流管理', 5000, 43560),
            major('大数据与会计', 5000, 49815),
            major('旅游管理', 4600, 41270),
        ],
    },
    {
        name: '交通信息学院',
        majors: [
            major('智能交通技术', 5800, 50440),
            major('计算机网络技术', 5300, 47105),
            major('软件技术', 8800, 58990),
        ],
    },
];

export const dormitories = [80000, 100000, 120000];
export const uniformFen = 26800;

/** In the order in which money settles them. */
export const items = [
    { name: '学费', category: '学费', required: true },
    { name: '住宿费', category: '住宿费', required: true },
    { name: '教材费', category: '其他', required: false },
    { name: '军训服装费', category: '其他', required: false },
];

/** What a student chooses himself; the columns are those of the file of items. They are open whenever the demo runs, but for one. */
export const offers = (year) => [
    {
        项目名称: '冬季校服',
        类别: '其他',
        收费区间: `${year}-${year + 1}学年`,
        价格: '268.00',
        说明: '自愿订购，请按平时穿着选择尺码；到货后由辅导员通知领取。',
        截止后提示: '本学年的订购已截止，请联系后勤处',
        表单: '尺码*:单选(S/M/L/XL/XXL); 备注:文本',
    },
    {
        项目名称: '入学体检',
        类别: '其他',
        收费区间: `${year}-${year + 1}学年`,
        价格: '85.00',
        说明: '在校医院体检，可自行在其他医院体检后提交报告。',
    },
    {
        项目名称: '毕业照',
        类别: '其他',
        收费区间: `${year + 1}届`,
        价格: '45.00',
        说明: '班级合影与个人照各一张。',
        开放日期: `${year + 2}-03-01`,
        开放前提示: '毕业前一学期的三月开放订购',
    },
    {
        项目名称: '电费充值',
        类别: '生活',
        最低金额: '10.00',
        最高金额: '500.00',
        充值对象: '宿舍',
        对象提示: '楼号-房间号，如12-305',
        对象格式: '9{1,2}-9{3}',
        说明: '充值后由后勤系统计入宿舍电表，一般几分钟内到账。',
    },
    {
        项目名称: '校园卡充值',
        类别: '生活',
        最低金额: '1.00',
        最高金额: '1000.00',
        充值对象: '校园卡号',
        对象提示: '卡面上的8位数字',
        对象格式: '9{8}',
        说明: '到账后请在圈存机上领取。',
    },
    {
        项目名称: '职业技能竞赛讲座',
        类别: '报名',
        收费区间: `${year}-${year + 1}学年`,
        价格: '0.00',
        名额: '300',
        说明: '周三晚七点，图书馆报告厅。免费参加，凭报名记录入场。',
    },
    {
        项目名称: '驾驶技能培训班',
        类别: '报名',
        收费区间: `${year}-${year + 1}学年`,
        价格: '120.00',
        名额: '20',
        说明: '每班20人，周末上课。缴费后报名成功，未缴费的名额在订单关闭后自动释放。',
        截止后提示: '本期已截止，下学期再来',
        表单: '联系手机*:手机号; 车型*:单选(C1/C2); 备注:文本',
    },
];
