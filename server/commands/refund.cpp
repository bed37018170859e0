#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "server/base/beijing.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/commands/command.hpp"
#include "server/commands/people.hpp"
#include "server/flows/refund_order.hpp"

// campuspay refund ask ORDER_NO --reason WHY [--line N=YUAN]… | release | reject | again | give-up
//                  NUMBER | show NUMBER | list [--order ORDER_NO]
namespace commands {
namespace {

struct refund_options {
    std::string number;  // of the order or of the refund
    std::string reason;
    std::string text;
    std::string by;
    std::string request_id;
    std::vector<std::string> lines;
};

std::string who(const refund_options& options) {
    return "finance:" + (options.by.empty() ? who_runs_this() : options.by);
}

void print(const db::refund& one) {
    std::cout << fmt::format(
        "{}  {}  {} 元  订单 {}  {}\n",
        one.out_refund_no,
        rules::chinese_name_of(one.state),
        base::to_grouped_yuan(one.amount),
        one.order_no,
        one.reason
    );
    for (const auto& line : one.lines) {
        const auto where =
            line.line_no == 0 ? std::string{"待定款项"} : fmt::format("第{}行", line.line_no);
        std::cout << "    " << where << " " << base::to_grouped_yuan(line.amount) << " 元\n";
    }
    std::cout << "    申请 " << one.asked_by << " " << base::to_minute_text(one.asked_at);
    if (one.decided_at) {
        std::cout << "  复核 " << one.decided_by << " " << base::to_minute_text(*one.decided_at);
    }
    if (one.succeeded_at) std::cout << "  到账 " << base::to_minute_text(*one.succeeded_at);
    if (!one.refund_id.empty()) std::cout << "  微信退款单号 " << one.refund_id;
    if (!one.attention.empty()) std::cout << "  注意 " << one.attention;
    std::cout << "\n";
}

// What a person can put right is said and ends with 1; the rest is main's matter.
int refusals_said(const std::function<void()>& act) {
    try {
        act();
        return 0;
    } catch (const base::error& no) {
        if (no.face().http_status >= 500) throw;
        std::cerr << no.message() << " [" << no.face().code << "]\n";
        return 1;
    }
}

// "2=100.00": line 2, a hundred yuan.
bool read_line(const std::string& text, rules::refund_part& into) {
    const auto sign = text.find('=');
    if (sign == std::string::npos || sign == 0 || sign > 3) return false;
    into.line_no = 0;
    for (const char c : text.substr(0, sign)) {
        if (c < '0' || c > '9') return false;
        into.line_no = into.line_no * 10 + (c - '0');
    }
    const auto amount = base::parse_yuan(text.substr(sign + 1));
    if (!amount) return false;
    into.amount = *amount;
    return true;
}

int ask(const base::conf& conf, const refund_options& options) {
    flows::refund_request wanted;
    wanted.order_no = options.number;
    const auto reason = rules::refund_reason_of(options.reason);
    if (!reason) {
        std::cerr << "--reason 应为 mistake、overcharged、leaver 或 reduction\n";
        return 2;
    }
    wanted.reason = *reason;
    wanted.reason_text = options.text;
    wanted.by = who(options);
    // Without a number of the asker's own, two calls are two wishes.
    wanted.request_id = options.request_id.empty() ? base::random_token() : options.request_id;
    for (const auto& line : options.lines) {
        rules::refund_part part;
        if (!read_line(line, part)) {
            std::cerr << "--line 应为 行号=金额，例如 2=100.00\n";
            return 2;
        }
        wanted.parts.push_back(part);
    }
    return refusals_said([&] {
        play(conf, [&](flows::parts& with) -> base::task<void> {
            const auto made = co_await flows::ask_for_refund(with, wanted);
            print(made);
        });
    });
}

int decide(const base::conf& conf, const refund_options& options, db::decision what) {
    const auto by = who(options);
    return refusals_said([&] {
        play(conf, [&](flows::parts& with) -> base::task<void> {
            db::decision_note note;
            const auto after =
                co_await flows::decide_refund(with, options.number, what, by, std::move(note));
            print(after);
        });
    });
}

int list(const base::conf& conf, const refund_options& options) {
    constexpr int shown = 200;
    std::vector<db::refund> found;
    play(conf, [&](flows::parts& with) -> base::task<void> {
        const auto unit = [&](db::connection& db) {
            return options.number.empty() ? db::list_refunds(db, {}, shown)
                                          : db::refunds_of_order(db, options.number);
        };
        found = co_await with.pool.read(unit);
    });
    for (const auto& one : found) print(one);
    if (found.empty()) std::cout << "没有退款\n";
    return 0;
}

int show(const base::conf& conf, const refund_options& options) {
    std::optional<db::refund> found;
    play(conf, [&](flows::parts& with) -> base::task<void> {
        const auto unit = [&](db::connection& db) { return db::find_refund(db, options.number); };
        found = co_await with.pool.read(unit);
    });
    if (!found) {
        std::cerr << "没有找到这笔退款 [refund_not_found]\n";
        return 1;
    }
    print(*found);
    return 0;
}

void add_by(CLI::App& to, refund_options& options) {
    to.add_option("--by", options.by, "经办人（默认为当前系统用户）")->check(flaw_of_name);
}

void add_decision(
    CLI::App& to,
    const std::string& name,
    const std::string& title,
    db::decision what,
    command_context& context
) {
    auto* command = to.add_subcommand(name, title);
    auto options = std::make_shared<refund_options>();
    command->add_option("NUMBER", options->number, "退款单号")->required();
    add_by(*command, *options);
    command->callback([options, what, &context] {
        context.exit_code = decide(context.conf(), *options, what);
    });
}

void add_ask(CLI::App& to, command_context& context) {
    auto* command = to.add_subcommand("ask", "申请退款（全部或按行），待另一人复核");
    auto options = std::make_shared<refund_options>();
    command->add_option("ORDER_NO", options->number, "订单号")->required();
    command
        ->add_option(
            "--reason",
            options->reason,
            "mistake 误缴（费用恢复欠缴） overcharged 多收 leaver 离校 reduction "
            "减免（费用随之减少）"
        )
        ->required();
    command->add_option("--line", options->lines, "行号=金额，可重复；不给则为全部可退金额");
    command->add_option("--text", options->text, "退款原因（学生可见）");
    command->add_option("--request-id", options->request_id, "同一编号重复提交只生效一次");
    add_by(*command, *options);
    command->callback([options, &context] { context.exit_code = ask(context.conf(), *options); });
}

}  // namespace

void add_refund_command(CLI::App& app, command_context& context) {
    auto* refund = app.add_subcommand("refund", "退款：申请、复核、跟踪");
    refund->require_subcommand(1);
    add_ask(*refund, context);
    add_decision(*refund, "release", "复核通过，发送微信", db::decision::release, context);
    add_decision(*refund, "reject", "不通过或撤回", db::decision::reject, context);
    add_decision(
        *refund, "again", "微信未受理的，以原单号重新发送", db::decision::send_again, context
    );
    add_decision(*refund, "give-up", "微信未受理的，放弃", db::decision::give_up, context);
    auto* one = refund->add_subcommand("show", "查看一笔退款");
    auto shown = std::make_shared<refund_options>();
    one->add_option("NUMBER", shown->number, "退款单号")->required();
    one->callback([shown, &context] { context.exit_code = show(context.conf(), *shown); });
    auto* all = refund->add_subcommand("list", "未完成的退款，或某订单的全部退款");
    auto listed = std::make_shared<refund_options>();
    all->add_option("--order", listed->number, "订单号");
    all->callback([listed, &context] { context.exit_code = list(context.conf(), *listed); });
}

}  // namespace commands
