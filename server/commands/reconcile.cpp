#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "server/base/beijing.hpp"
#include "server/base/clock.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/commands/command.hpp"
#include "server/commands/people.hpp"
#include "server/commands/reconcile_sheet.hpp"
#include "server/flows/mend_day.hpp"
#include "server/flows/reconcile_day.hpp"

// campuspay reconcile DATE [--fix N | --explain N | --close] [--note TEXT] [--by NAME]
//                          [--sheet FILE], campuspay reconcile --list
namespace commands {
namespace {

constexpr int differs = 1;
constexpr int wrong_usage = 2;
constexpr int fault_outside = 3;
constexpr int days_listed = 31;
constexpr std::size_t note_chars_max = 200;

struct reconcile_options {
    std::string day;
    int fix = 0;
    int explain = 0;
    bool close = false;
    bool list = false;
    std::string note;
    std::string by;
    std::string sheet;
};

std::string who(const reconcile_options& options) {
    return "finance:" + (options.by.empty() ? who_runs_this() : options.by);
}

void print_side(std::string_view title, const db::side_sums& sums) {
    std::cout << fmt::format(
        "  {}  收款 {:>6} 笔 {:>16}  退款 {:>6} 笔 {:>16}\n",
        title,
        sums.payments,
        signed_yuan(sums.paid),
        sums.refunds,
        signed_yuan(sums.refunded)
    );
}

void print_merchant(const std::string& day, const flows::merchant_day& one) {
    const auto& sums = one.now.sums;
    std::cout << fmt::format("{}  商户 {} {}\n", day, one.mch_id, one.merchant_name);
    print_side("微信账单", sums.bill);
    print_side("本系统  ", sums.ours);
    print_side("总账    ", sums.ledger);
    if (sums.cut_in != base::fen{} || sums.cut_out != base::fen{}) {
        std::cout << fmt::format(
            "  跨日      账单在本日 {}，账单在他日 {}\n",
            signed_yuan(sums.cut_in),
            signed_yuan(sums.cut_out)
        );
    }
    std::cout << fmt::format(
        "  手续费    交易账单 {}，资金账单 {}，已记账 {}\n",
        fine_yuan(sums.bill_fees_fine),
        signed_yuan(sums.flow_fees),
        signed_yuan(sums.booked_fees)
    );
    std::cout << fmt::format(
        "  资金账户  期初 {}，收入 {}，支出 {}，期末 {}；总账余额 {}\n",
        yuan_or_dash(sums.opening),
        signed_yuan(sums.flow_income),
        signed_yuan(sums.flow_expense),
        yuan_or_dash(sums.closing),
        signed_yuan(sums.ledger_balance)
    );
    const auto& trouble = one.trouble.empty() ? one.now.trouble : one.trouble;
    std::cout << "  结果      " << title_of(one.now.state);
    if (one.now.state == db::day_state::closed) {
        std::cout << "（" << person_of(one.now.closed_by) << " "
                  << base::to_minute_text(one.now.closed_at.value_or(0)) << "，总账至第 "
                  << one.now.closed_seq.value_or(0) << " 笔）";
    }
    if (!trouble.empty()) std::cout << "：" << trouble;
    std::cout << "\n";
}

void print_difference(const db::day_difference& one) {
    std::cout << fmt::format(
        "  #{} {} [{}]\n      微信 {}，本系统 {}",
        one.number,
        rules::sentence_of(one.kind),
        rules::name_of(one.kind),
        signed_yuan(one.provider),
        signed_yuan(one.ours)
    );
    const auto add = [](std::string_view title, const std::string& number) {
        if (!number.empty()) std::cout << "，" << title << " " << number;
    };
    add("订单", one.order_no);
    add(one.kind == rules::difference_kind::flow_other ? "名目" : "退款单", one.refund_no);
    add("微信单号", one.transaction_id);
    std::cout << "\n      ";
    switch (one.state) {
        case db::difference_state::open:
            std::cout << "建议：" << rules::sentence_of(one.proposal);
            break;
        case db::difference_state::waiting:
            std::cout << "等待次日账单，至 " << base::to_minute_text(one.wait_until.value_or(0));
            break;
        case db::difference_state::resolved:
            std::cout << title_of_resolution(one.resolution) << "：" << person_of(one.decided_by);
            if (!one.note.empty()) std::cout << "，" << one.note;
            break;
    }
    std::cout << "\n";
}

int print(const flows::day_report& report) {
    for (const auto& one : report.merchants) print_merchant(report.day, one);
    int left = 0;
    for (const auto& one : report.differences) {
        print_difference(one);
        if (one.state != db::difference_state::resolved) ++left;
    }
    if (left > 0) std::cout << "还有 " << left << " 处差异未处理\n";
    if (report.has_trouble()) return fault_outside;
    return report.differs() ? differs : 0;
}

int list(const base::conf& conf) {
    const auto today = base::business_day_of(base::now_ms());
    const auto since = base::to_text(base::plus_days(today, -days_listed));
    std::vector<db::reconciliation_day> found;
    play(conf, [&](flows::parts& with) -> base::task<void> {
        const auto unit = [&](db::connection& db) { return db::days_since(db, since); };
        found = co_await with.pool.read(unit);
    });
    for (const auto& one : found) {
        std::cout << fmt::format(
            "{}  {}  {}  收款 {} 退款 {}  {}\n",
            one.day,
            one.mch_id,
            title_of(one.state),
            signed_yuan(one.sums.bill.paid),
            signed_yuan(one.sums.bill.refunded),
            one.trouble
        );
    }
    if (found.empty()) std::cout << "近" << days_listed << "天没有对过账\n";
    return 0;
}

int said(const flows::mend_outcome& outcome) {
    switch (outcome.kind) {
        case flows::mend_kind::done:
        case flows::mend_kind::done_before:
            return 0;
        case flows::mend_kind::refused:
            std::cerr << outcome.why << "\n";
            return differs;
        case flows::mend_kind::unclear:
            std::cerr << outcome.why << "\n";
            return fault_outside;
    }
    return differs;
}

using deed = std::function<base::task<flows::mend_outcome>(flows::parts&)>;

// A decision, and then the day as it stands.
int decide(const base::conf& conf, base::business_day day, const deed& act) {
    flows::mend_outcome outcome;
    flows::day_report after;
    play(conf, [&](flows::parts& with) -> base::task<void> {
        outcome = co_await act(with);
        after = co_await flows::look_at_day(with, day);
    });
    print(after);
    return said(outcome);
}

bool write_sheet(const std::string& file, const std::string& text) {
    std::ofstream out{file, std::ios::binary | std::ios::trunc};
    out << text;
    out.close();
    return out.good();
}

int reconcile(const base::conf& conf, base::business_day day, const reconcile_options& options) {
    flows::day_report report;
    play(conf, [&](flows::parts& with) -> base::task<void> {
        report = co_await flows::reconcile_day(with, day);
    });
    const int code = print(report);
    if (options.sheet.empty()) return code;
    if (write_sheet(options.sheet, reconciliation_sheet(report, conf.school.name))) return code;
    std::cerr << "不能写入 " << options.sheet << "\n";
    return fault_outside;
}

int wrong(std::string_view sentence) {
    std::cerr << sentence << "\n";
    return wrong_usage;
}

int run(const base::conf& conf, const reconcile_options& options) {
    const auto day = base::parse_day(options.day);
    if (!day) return wrong("日期应写作 2026-11-22");
    if (*day > base::business_day_of(base::now_ms())) return wrong("这一天还没有到");
    if (options.explain > 0 && options.note.empty()) return wrong("--explain 需要 --note 写明原因");
    flows::mend_wish wish{*day, options.fix + options.explain, who(options), options.note};
    if (options.close) {
        return decide(conf, *day, [&](flows::parts& with) {
            return flows::close_day(with, wish.day, wish.by);
        });
    }
    if (options.fix > 0) {
        return decide(conf, *day, [&](flows::parts& with) {
            return flows::mend_difference(with, wish);
        });
    }
    if (options.explain > 0) {
        return decide(conf, *day, [&](flows::parts& with) {
            return flows::explain_difference(with, wish);
        });
    }
    return reconcile(conf, *day, options);
}

std::string flaw_of_note(const std::string& note) {
    if (!base::is_utf8(note)) return "--note 应为 UTF-8 文字";
    std::size_t chars = 0;
    for (const char c : note) {
        if (static_cast<unsigned char>(c) < 0x20) return "--note 应为一行文字";
        if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++chars;
    }
    return chars > note_chars_max ? "--note 最多200字" : "";
}

}  // namespace

void add_reconcile_command(CLI::App& app, command_context& context) {
    auto* command = app.add_subcommand("reconcile", "对账：微信账单、本系统与总账，并结账");
    auto options = std::make_shared<reconcile_options>();
    auto* day = command->add_option("DATE", options->day, "日期，例如 2026-11-22");
    auto* fix = command->add_option("--fix", options->fix, "按建议处理该编号的差异");
    auto* explain = command->add_option("--explain", options->explain, "说明该编号的差异并接受");
    auto* close = command->add_flag("--close", options->close, "结账：当日不再记账");
    auto* all = command->add_flag("--list", options->list, "近31天的状态");
    fix->check(CLI::PositiveNumber)->needs(day)->excludes(explain)->excludes(close);
    explain->check(CLI::PositiveNumber)->needs(day)->excludes(close);
    close->needs(day);
    all->excludes(day);
    command->add_option("--note", options->note, "说明")->check(flaw_of_note);
    command->add_option("--by", options->by, "经办人（默认为当前系统用户）")->check(flaw_of_name);
    command->add_option("--sheet", options->sheet, "把对账单写入文件（HTML，可打印）")
        ->needs(day)
        ->excludes(fix)
        ->excludes(explain)
        ->excludes(close);
    command->callback([options, &context] {
        if (options->list) {
            context.exit_code = list(context.conf());
        } else if (options->day.empty()) {
            context.exit_code = wrong("请给出日期，或用 --list");
        } else {
            context.exit_code = run(context.conf(), *options);
        }
    });
}

}  // namespace commands
