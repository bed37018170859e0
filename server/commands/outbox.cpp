#include "db/outbox.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "db/audit.hpp"
#include "db/pool.hpp"
#include "db/url.hpp"
#include "server/base/beijing.hpp"
#include "server/base/clock.hpp"
#include "server/commands/command.hpp"
#include "wechat/mp/errcodes.hpp"

// campuspay outbox list [--failed] · campuspay outbox retry KEY
namespace commands {
namespace {

constexpr int list_max = 100;

struct reason_words {
    std::string_view reason;
    std::string_view words;
};

constexpr reason_words reasons[] = {
    {"busy", "微信繁忙或连接不上，稍后重试"},
    {"too_fast", "发送过于频繁，稍后重试"},
    {"quota", "今日次数已用完，明日重试"},
    {"settings", "设置或权限有误，修正后会自动发送"},
    {"outcome_unknown", "不确定微信是否已发出"},
    {"not_delivered", "微信未能送达，稍后重试"},
    {"content_refused", "微信拒绝了内容，请核对模板字段的设置"},
    {"not_found", "找不到对应的订单"},
    {"keeps_failing", "多次处理中断，请查看日志"},
    {"too_old", "三天内没有发出，不再发送"},
};

// Of notices to the school's other system, which hands out what was topped up.
constexpr reason_words top_up_reasons[] = {
    {"busy", "对方系统繁忙或连接不上，稍后重试"},
    {"settings", "对方系统不认可签名，请核对 top_ups.key，修正后会自动发送"},
    {"outcome_unknown", "对方系统没有确认，稍后重试"},
    {"content_refused", "对方系统拒绝了这笔充值，请与其核对后重发或退款"},
    {"refund_under_way", "正在退款，暂不通知"},
    {"refunded", "已全额退款，不再通知"},
    {"refunded_unsure", "已全额退款，但对方可能已充值，请与其核对"},
    {"partly_refunded", "已部分退款，请人工核对应充金额"},
    {"not_found", "找不到对应的充值"},
    {"too_old", "三十天内没有送达，请人工处理"},
};

std::string_view words_of(std::string_view kind, std::string_view reason) {
    if (kind == "top_up") {
        for (const auto& one : top_up_reasons) {
            if (one.reason == reason) return one.words;
        }
    }
    for (const auto& one : reasons) {
        if (one.reason == reason) return one.words;
    }
    return reason;
}

db::pool_options options_of(const base::conf& conf) {
    db::pool_options out;
    out.where = db::parse_url(conf.database.url.reveal());
    out.size = 1;
    return out;
}

std::string line_of(const db::listed_message& one) {
    const bool failed = one.state == rules::message_state::failed;
    std::string out = fmt::format(
        "{}  {}  {}  试过 {} 次",
        failed ? "未发出" : "待发送",
        base::to_minute_text(one.created_at),
        one.business_key,
        one.tries
    );
    if (!failed) out += fmt::format("，下次 {}", base::to_minute_text(one.next_try));
    if (!one.reason.empty()) out += fmt::format("\n        {}", words_of(one.kind, one.reason));
    if (!one.code.empty() && one.kind == "top_up") {
        out += fmt::format("（HTTP {}）", one.code);
    } else if (!one.code.empty()) {
        out += fmt::format("：{}", wechat::mp::sentence_for(one.code));
    }
    return out;
}

void list(const base::conf& conf, bool only_failed) {
    db::pool pool{options_of(conf)};
    const auto found = pool.run_now([&](db::connection& db) {
        return db::list_open_messages(db, only_failed, list_max);
    });
    if (found.empty()) fmt::print("没有{}的消息\n", only_failed ? "未发出" : "待发送或未发出");
    for (const auto& one : found) fmt::print("{}\n", line_of(one));
    if (found.size() == list_max) fmt::print("只列出最近 {} 条\n", list_max);
}

int retry(const base::conf& conf, const std::string& key) {
    db::pool pool{options_of(conf)};
    const auto now = base::now_ms();
    const bool queued = pool.run_now([&](db::connection& db) {
        const bool found = db::retry_message(db, key);
        if (found)
            db::append_audit(db, {"command:outbox", "retry_message", key, "queued", ""}, now);
        return found;
    });
    fmt::print("{}\n", queued ? "已重新排队，运行中的服务会立即发送" : "没有可重发的消息");
    return queued ? 0 : 1;
}

}  // namespace

void add_outbox_command(CLI::App& app, command_context& context) {
    auto* outbox = app.add_subcommand("outbox", "发给学生的消息和发给其他系统的充值通知");
    outbox->require_subcommand(1);
    static bool only_failed = false;
    auto* in = outbox->add_subcommand("list", "列出待发送和未发出的消息");
    in->add_flag("--failed", only_failed, "只列出未发出的");
    in->callback([&context] { list(context.conf(), only_failed); });
    static std::string key;
    auto* again = outbox->add_subcommand("retry", "重新发送一条未发出的消息");
    again->add_option("KEY", key, "列表中的编号，例如 paid:订单号")->required();
    again->callback([&context] { context.exit_code = retry(context.conf(), key); });
}

}  // namespace commands
