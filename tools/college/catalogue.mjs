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
