#include "wechat/mp/errcodes.hpp"

#include <array>
#include <charconv>

namespace wechat::mp {
namespace {

using enum reaction;

constexpr std::array facts{
    errcode_fact{-1, retry_later, "微信系统繁忙，请稍后再试"},
    errcode_fact{40001, renew_token, "AppSecret 不正确，或接口凭据已失效"},
    errcode_fact{40002, alarm, "凭据类型不正确"},
    errcode_fact{40003, drop_recipient, "用户的 OpenID 无效"},
    errcode_fact{40013, configuration, "AppID 不正确，请核对配置"},
    errcode_fact{40014, renew_token, "接口凭据无效"},
    errcode_fact{40015, fix_content, "菜单类型不正确"},
    errcode_fact{40016, fix_content, "一级菜单应为 1 至 3 个"},
    errcode_fact{40017, fix_content, "菜单按钮的类型或个数不正确"},
    errcode_fact{40018, fix_content, "一级菜单名称为空或过长"},
    errcode_fact{40019, fix_content, "一级菜单的 KEY 过长"},
    errcode_fact{40020, fix_content, "一级菜单的链接过长"},
    errcode_fact{40021, fix_content, "菜单版本号不正确"},
    errcode_fact{40022, fix_content, "子菜单只能有一级"},
    errcode_fact{40023, fix_content, "子菜单应为 1 至 5 个"},
    errcode_fact{40024, fix_content, "子菜单按钮的类型不正确"},
    errcode_fact{40025, fix_content, "子菜单名称为空或过长"},
    errcode_fact{40026, fix_content, "子菜单的 KEY 过长"},
    errcode_fact{40027, fix_content, "子菜单的链接过长"},
    errcode_fact{40028, configuration, "菜单接口的使用者无效"},
    errcode_fact{40029, start_again, "授权码无效或已使用"},
    errcode_fact{40030, start_again, "授权已失效"},
    errcode_fact{40033, fix_content, "内容中含有 \\u 转义字符"},
    errcode_fact{40036, configuration, "模板编号长度不正确"},
    errcode_fact{40037, configuration, "模板编号不正确，请核对配置"},
    errcode_fact{40048, fix_content, "链接地址不正确"},
    errcode_fact{40054, fix_content, "菜单链接的域名不被接受"},
    errcode_fact{40055, fix_content, "菜单链接的域名不被接受"},
    errcode_fact{40117, fix_content, "名称不合法"},
    errcode_fact{40118, fix_content, "素材编号长度不正确"},
    errcode_fact{40119, fix_content, "菜单按钮类型不可用"},
    errcode_fact{40120, fix_content, "子菜单按钮类型不可用"},
    errcode_fact{40125, configuration, "AppSecret 不正确，请核对配置"},
    errcode_fact{40155, fix_content, "不能链接到其他公众号的主页"},
    errcode_fact{40163, start_again, "授权码已使用"},
    errcode_fact{40164, configuration, "服务器 IP 不在公众号的 IP 白名单中"},
    errcode_fact{40165, fix_content, "小程序页面路径不正确"},
    errcode_fact{40166, fix_content, "小程序 AppID 不正确"},
    errcode_fact{40243, configuration, "AppSecret 已被冻结"},
    errcode_fact{40249, alarm, "内容含营销信息，不能发送"},
    errcode_fact{40250, fix_content, "内容不规范，例如有空的字段"},
    errcode_fact{40251, alarm, "账号因违规被限制发送"},
    errcode_fact{40252, retry_later, "内容审核中，暂不能发送"},
    errcode_fact{41001, alarm, "缺少接口凭据"},
    errcode_fact{41002, alarm, "缺少 AppID"},
    errcode_fact{41004, alarm, "缺少 AppSecret"},
    errcode_fact{41007, fix_content, "缺少子菜单数据"},
    errcode_fact{41008, start_again, "缺少授权码"},
    errcode_fact{41030, configuration, "小程序页面路径不正确"},
    errcode_fact{42001, renew_token, "接口凭据已过期"},
    errcode_fact{42002, start_again, "授权已过期"},
    errcode_fact{42003, start_again, "授权码已过期"},
    errcode_fact{42007, start_again, "用户修改了微信密码，需要重新授权"},
    errcode_fact{43002, alarm, "接口需要 POST 请求"},
    errcode_fact{43004, drop_recipient, "接收者没有关注公众号"},
    errcode_fact{43019, drop_recipient, "接收者在黑名单中"},
    errcode_fact{43101, drop_recipient, "用户拒绝接收或没有订阅"},
    errcode_fact{43104, configuration, "公众号没有发送权限"},
    errcode_fact{43106, alarm, "公众号被禁止添加模板"},
    errcode_fact{43116, alarm, "该模板因滥用被限制"},
    errcode_fact{43117, retry_later, "向该用户发送过于频繁"},
    errcode_fact{44002, alarm, "请求内容为空"},
    errcode_fact{45002, fix_content, "消息内容过长"},
    errcode_fact{45009, quota, "接口今日调用次数已用完"},
    errcode_fact{45010, fix_content, "创建的菜单个数过多"},
    errcode_fact{45011, retry_later, "接口调用过于频繁"},
    errcode_fact{45015, drop_recipient, "超出可回复的时间，或用户已取消关注"},
    errcode_fact{45026, configuration, "模板数量超出限制"},
    errcode_fact{45047, retry_later, "客服消息超出条数限制"},
    errcode_fact{45064, fix_content, "菜单中的小程序没有与公众号关联"},
    errcode_fact{46002, fix_content, "菜单版本不存在"},
    errcode_fact{46003, fix_content, "公众号还没有自定义菜单"},
    errcode_fact{47001, alarm, "请求内容无法解析"},
    errcode_fact{47003, fix_content, "模板字段的内容不符合要求"},
    errcode_fact{48001, configuration, "公众号没有该接口的权限，请检查认证状态"},
    errcode_fact{48002, drop_recipient, "用户关闭了接收消息"},
    errcode_fact{48004, alarm, "接口被封禁"},
    errcode_fact{48006, quota, "清零次数已用完"},
    errcode_fact{50002, drop_recipient, "用户受限或账号已注销"},
    errcode_fact{61004, configuration, "服务器 IP 没有登记"},
    errcode_fact{65301, fix_content, "个性化菜单不存在"},
    errcode_fact{65302, fix_content, "没有这个用户"},
    errcode_fact{65303, fix_content, "没有默认菜单，请先创建"},
    errcode_fact{65304, fix_content, "个性化菜单的匹配条件为空"},
    errcode_fact{65305, fix_content, "个性化菜单数量超出限制"},
    errcode_fact{65306, configuration, "账号不支持个性化菜单"},
    errcode_fact{65307, fix_content, "个性化菜单内容为空"},
    errcode_fact{65308, fix_content, "有按钮没有响应动作"},
    errcode_fact{65309, configuration, "个性化菜单功能已关闭"},
    errcode_fact{65316, fix_content, "菜单链接的域名过多"},
    errcode_fact{65317, fix_content, "菜单链接地址不合法"},
    errcode_fact{65318, fix_content, "菜单内容不是 UTF-8 编码"},
    errcode_fact{65319, configuration, "不允许创建菜单"},
    errcode_fact{65320, fix_content, "匹配条件使用了个人信息"},
    errcode_fact{89501, retry_later, "等待管理员确认调用"},
    errcode_fact{89502, retry_later, "等待管理员确认调用"},
    errcode_fact{89503, alarm, "该 IP 的调用需要管理员在微信中确认"},
    errcode_fact{89504, retry_later, "等待管理员确认调用"},
    errcode_fact{89505, retry_later, "等待管理员确认调用"},
    errcode_fact{89506, alarm, "管理员拒绝了该 IP 的调用（24 小时）"},
    errcode_fact{89507, alarm, "管理员拒绝了该 IP 的调用（1 小时）"},
};

}  // namespace

const errcode_fact* find_errcode(std::string_view code) {
    int number = 0;
    const auto* end = code.data() + code.size();
    const auto read = std::from_chars(code.data(), end, number);
    if (read.ec != std::errc{} || read.ptr != end) return nullptr;
    for (const auto& fact : facts) {
        if (fact.code == number) return &fact;
    }
    return nullptr;
}

std::string sentence_for(std::string_view code) {
    const auto* fact = find_errcode(code);
    const std::string shown{code};
    if (fact == nullptr) return "微信返回了错误（错误码 " + shown + "）";
    return std::string{fact->sentence} + "（错误码 " + shown + "）";
}

}  // namespace wechat::mp
