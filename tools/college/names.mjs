// Common surnames, weighted roughly as they occur, and characters of given names.
const surnames = '王王王王李李李李张张张张刘刘刘陈陈陈杨杨赵赵黄黄周周吴吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段';
const rareSurnames = ['欧阳', '司马', '诸葛', '上官', '夏侯', '东方', '皇甫', '尉迟'];
const boys = '伟强磊洋勇军杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆翔博文轩睿泽昊天航志远子涵思源家豪嘉诚晨旭东';
const girls = '芳娜秀敏静丽艳娟霞燕婷雪梅玲洁颖琳倩欣怡佳悦梦琪雨晴诗涵子萱思雅若彤梓语嫣紫晓月文静可馨';
// Characters that GBK has and GB 2312 has not: exports that guess the narrower table lose them.
const rareCharacters = '喆堃昇珺玥淼頔';

export function inventName(random, male) {
    const surname = random.percent(0.6) ? random.pick(rareSurnames) : random.pick([...surnames]);
    const given = [...(male ? boys : girls)];
    let name = surname + random.pick(given);
    if (random.percent(78)) name += random.percent(1.5) ? random.pick([...rareCharacters]) : random.pick(given);
    if (random.percent(0.3)) name = `${random.pick(['阿依', '古丽', '巴特'])}·${name.slice(1)}`;
    return name;
}
