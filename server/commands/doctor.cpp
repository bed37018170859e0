#include <iostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "db/migrate.hpp"
#include "db/url.hpp"
#include "server/base/error.hpp"
#include "server/commands/command.hpp"
#include "server/flows/account_tokens.hpp"
#include "server/flows/check_templates.hpp"
#include "server/flows/parts.hpp"

namespace commands {
namespace {

int faults = 0;

template <class Look>
void check(std::string_view name, std::string_view fix, Look look) {
    try {
        look();
        std::cout << "正常  " << name << "\n";
    } catch (const std::exception& failure) {
        ++faults;
        std::cout << "有误  " << name << "：" << failure.what() << "\n      " << fix << "\n";
    }
}

std::string joined(const std::vector<std::string>& sentences) {
    std::string out;
    for (const auto& one : sentences) out += (out.empty() ? "" : "；") + one;
    return out;
}

int examine(command_context& context) {
    faults = 0;
    base::conf conf;
    check("配置文件", "请对照 conf/campuspay.toml.example 修改", [&] { conf = context.conf(); });
    if (faults > 0) return 1;
    check("数据库结构", "请运行 campuspay migrate", [&] {
        if (!db::is_current(db::parse_url(conf.database.url.reveal()), CAMPUS_SCHEMA_DIR)) {
            throw base::error{base::errc::conf_invalid, "the schema is old"};
        }
    });
    check("商户密钥与证书", "请核对 wechat.pay 中的密钥文件与序列号", [&] {
        play(conf, [](flows::parts&) -> base::task<void> { co_return; });
    });
    check("公众号接口调用凭据", "请核对 AppID、AppSecret、IP 白名单，并确认服务器能访问微信", [&] {
        play(conf, [](flows::parts& with) -> base::task<void> { co_await with.tokens->current(); });
    });
    check("消息模板", "请核对 wechat.account.templates 与公众号的“模板消息”", [&] {
        std::vector<std::string> flaws;
        play(conf, [&](flows::parts& with) -> base::task<void> {
            flaws = co_await flows::check_templates(with);
        });
        if (!flaws.empty()) throw base::error{base::errc::conf_invalid, joined(flaws)};
    });
    return faults == 0 ? 0 : 1;
}

}  // namespace

void add_doctor_command(CLI::App& app, command_context& context) {
    auto* command = app.add_subcommand("doctor", "Check configuration, database and WeChat");
    command->callback([&context] { context.exit_code = examine(context); });
}

}  // namespace commands
