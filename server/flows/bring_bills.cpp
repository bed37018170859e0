#include "server/flows/bring_bills.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "db/day_compare.hpp"
#include "server/base/clock.hpp"
#include "server/base/crash_point.hpp"
#include "server/base/log.hpp"
#include "server/flows/aside.hpp"
#include "wechat/pay/fund_flow.hpp"
#include "wechat/pay/trade_bill.hpp"

namespace flows {
namespace {

namespace pay = wechat::pay;

constexpr std::size_t rows_at_once = 500;
constexpr std::size_t code_shown = 40;
constexpr std::size_t part_size = 512UL * 1024;
constexpr db::limits patience{std::chrono::minutes{1}};
// "Nothing happened" is also what WeChat says before a bill is made: until then it is not believed
// against our own books.
constexpr base::epoch_ms made_for_sure_ms = 12LL * 3600 * 1000;

std::string title_of(db::bill_kind kind) {
    return kind == db::bill_kind::trade ? "交易账单" : "资金账单";
}

brought without(bring_kind kind, std::string why) {
    brought out;
    out.kind = kind;
    out.why = std::move(why);
    return out;
}

brought refused(const db::bill_key& key, const std::string& why) {
    base::log::alarm(
        "reconcile.bill_refused",
        {{"day", key.of.day},
         {"merchant", key.of.mch_id},
         {"bill", db::name_of(key.kind)},
         {"why", why}}
    );
    return without(bring_kind::trouble, title_of(key.kind) + "不可信，整份不采用：" + why);
}

db::bill_row row_of(const pay::trade_row& row) {
    db::bill_row out;
    out.line_no = static_cast<std::int64_t>(row.line);
    out.at = row.time;
    out.fee_fine = row.fee.count();
    out.name = row.state_text;
    if (row.state == pay::bill_row_state::refund) {
        out.what = "refund";
        out.business_no = row.refund_id;
        // One made by hand may have no number of the merchant's.
        out.our_no = row.out_refund_no.empty() ? row.refund_id : row.out_refund_no;
        out.other_no = row.transaction_id;
        out.amount = row.refund_applied;
        out.settled = row.refunded;
        return out;
    }
    out.what = row.state == pay::bill_row_state::success ? "payment" : "other";
    out.business_no = row.transaction_id;
    out.our_no = row.out_trade_no;
    out.amount = row.order_amount;
    out.settled = row.settlement_amount;
    return out;
}

db::bill_row row_of(const pay::flow_row& row) {
    db::bill_row out;
    out.line_no = static_cast<std::int64_t>(row.line);
    out.what = "movement";
    out.at = row.time;
    out.business_no = row.business_no;
    out.our_no = row.voucher_no;
    out.other_no = row.flow_no;
    out.amount = row.signed_amount();
    out.settled = row.balance;
    out.name = row.business_name;
    return out;
}

// Rows of another merchant make the whole file somebody else's.
bool is_of(const pay::trade_row& row, const std::string& mch_id) {
    return row.mch_id == mch_id;
}
bool is_of(const pay::flow_row&, const std::string&) {
    return true;
}

void add_sums(const pay::trade_bill_reader& from, db::kept_bill& into) {
    into.rows = from.sums().rows;
}
void add_sums(const pay::fund_flow_reader& from, db::kept_bill& into) {
    const auto sums = from.sums();
    into.rows = sums.income_rows + sums.expense_rows;
    into.in_order = sums.order != pay::balance_order::none;
    into.opening = sums.opening;
    into.closing = sums.closing;
}

struct first_look {
    db::kept_bill sums;
    std::string flaw;
};

template <class Reader>
first_look look_through(const pay::bill_file& file, const db::bill_key& key) {
    first_look out;
    Reader reader{file};
    while (const auto* row = reader.next()) {
        if (!is_of(*row, key.of.mch_id)) {
            out.flaw = "line " + std::to_string(row->line) + ": other_merchant";
            return out;
        }
    }
    if (reader.refusal()) out.flaw = pay::to_text(reader.refusal());
    add_sums(reader, out.sums);
    return out;
}

template <class Reader>
base::task<void> keep_rows(
    parts& with, const db::day_lease& mine, const db::bill_key& key, const pay::bill_file& file
) {
    Reader reader{file};
    auto read_some = [&reader] {
        std::vector<db::bill_row> out;
        out.reserve(rows_at_once);
        while (out.size() < rows_at_once) {
            const auto* row = reader.next();
            if (row == nullptr) break;
            out.push_back(row_of(*row));
        }
        return out;
    };
    for (;;) {
        const auto batch = co_await with.heavy->run<std::vector<db::bill_row>>(read_some);
        if (batch.empty()) co_return;
        const auto unit = [&](db::connection& db) { db::keep_bill_rows(db, mine, key, batch); };
        co_await with.pool.transact(unit, patience);
        base::crash_point("reconcile.between_rows");
    }
}

base::task<void> empty_bill(
    parts& with, const db::day_lease& mine, const db::bill_key& key, const db::kept_bill& made
) {
    const auto begin = [&](db::connection& db) { db::begin_bill(db, mine, key, made); };
    co_await with.pool.transact(begin, patience);
    base::crash_point("reconcile.after_begin");
    std::int64_t dropped = 1;
    while (dropped > 0) {
        const auto drop = [&](db::connection& db) { return db::drop_bill_rows(db, mine, key); };
        dropped = co_await with.pool.transact(drop, patience);
    }
}

base::task<void> keep_parts(
    parts& with, const db::day_lease& mine, const db::bill_key& key, const std::string& raw
) {
    int part_no = 0;
    for (std::size_t start = 0; start < raw.size(); start += part_size) {
        const auto piece = std::string_view{raw}.substr(start, part_size);
        ++part_no;
        const auto unit = [&](db::connection& db) {
            db::keep_bill_part(db, mine, key, part_no, piece);
        };
        co_await with.pool.transact(unit, patience);
    }
}

base::task<void> end_bill(
    parts& with, const db::day_lease& mine, const db::bill_key& key, const db::kept_bill& made
) {
    base::crash_point("reconcile.before_bill_end");
    const auto unit = [&](db::connection& db) { db::end_bill(db, mine, key, made); };
    co_await with.pool.transact(unit, patience);
    base::crash_point("reconcile.after_bill_end");
}

struct known_here {
    std::optional<db::kept_bill> bill;
    bool has_money = false;
};

base::task<known_here> look_here(parts& with, const db::bill_key& key) {
    const auto unit = [&](db::connection& db) {
        known_here out;
        out.bill = db::find_bill(db, key);
        out.has_money = db::day_has_money(db, key.of);
        return out;
    };
    auto known = co_await with.long_reads.read(unit, patience);
    co_return known;
}

base::task<brought> keep_nothing(parts& with, db::day_lease mine, db::bill_key key) {
    const auto known = co_await look_here(with, key);
    const auto now = base::now_ms();
    const bool was_there = known.bill && known.bill->whole;
    if (was_there && known.bill->sha1.empty()) co_return without(bring_kind::nothing, {});
    if (was_there || (known.has_money && now < key.of.until + made_for_sure_ms)) {
        base::log::alarm(
            "reconcile.no_statement_but_money",
            {{"day", key.of.day}, {"merchant", key.of.mch_id}, {"bill", db::name_of(key.kind)}}
        );
        auto why = title_of(key.kind) + "微信称当日没有，而本系统有收退款，稍后再取";
        co_return without(bring_kind::not_ready, std::move(why));
    }
    db::kept_bill made;
    made.fetched_at = now;
    co_await empty_bill(with, mine, key, made);
    co_await end_bill(with, mine, key, made);
    co_return without(bring_kind::nothing, {});
}

base::task<pay::bill_outcome> fetch(parts& with, const db::bill_key& key) {
    auto& bills = with.desk_of(key.of.mch_id).bills;
    const auto day = base::business_day_of(key.of.from);
    if (key.kind == db::bill_kind::trade) {
        auto got = co_await bills.fetch_trade(day);
        co_return got;
    }
    auto got = co_await bills.fetch_fund_flow(day);
    co_return got;
}

}  // namespace

base::task<brought> keep_bill(
    parts& with, db::day_lease mine, db::bill_key key, std::string raw, std::string hash
) {
    const auto known = co_await look_here(with, key);
    auto open = [&raw, &hash] { return pay::bill_file::open(std::move(raw), hash); };
    const auto opened = co_await with.heavy->run<pay::bill_file::opening>(open);
    if (!opened.file) co_return refused(key, pay::to_text(opened.why));
    // The same bytes as before: nothing to read again.
    if (known.bill && known.bill->whole && known.bill->sha1 == hash) {
        co_return without(bring_kind::kept, {});
    }
    const auto& file = *opened.file;
    const bool is_trade = key.kind == db::bill_kind::trade;
    auto look = [&] {
        return is_trade ? look_through<pay::trade_bill_reader>(file, key)
                        : look_through<pay::fund_flow_reader>(file, key);
    };
    auto looked = co_await with.heavy->run<first_look>(look);
    if (!looked.flaw.empty()) co_return refused(key, looked.flaw);

    auto& made = looked.sums;
    made.sha1 = hash;
    made.raw_size = static_cast<std::int64_t>(file.raw().size());
    made.fetched_at = base::now_ms();
    co_await empty_bill(with, mine, key, made);
    co_await keep_parts(with, mine, key, file.raw());
    if (is_trade) {
        co_await keep_rows<pay::trade_bill_reader>(with, mine, key, file);
    } else {
        co_await keep_rows<pay::fund_flow_reader>(with, mine, key, file);
    }
    co_await end_bill(with, mine, key, made);
    base::log::info(
        "reconcile.bill_kept",
        {{"day", key.of.day},
         {"merchant", key.of.mch_id},
         {"bill", db::name_of(key.kind)},
         {"rows", made.rows}}
    );
    co_return without(bring_kind::kept, {});
}

base::task<brought> bring_bill(parts& with, db::day_lease mine, db::bill_key key) {
    auto got = co_await fetch(with, key);
    base::crash_point("reconcile.after_fetch");
    const auto title = title_of(key.kind);
    switch (got.kind) {
        case pay::bill_kind::got: {
            auto kept = co_await keep_bill(
                with, std::move(mine), std::move(key), std::move(got.raw), std::move(got.hash_value)
            );
            co_return kept;
        }
        case pay::bill_kind::no_statement: {
            auto kept = co_await keep_nothing(with, std::move(mine), std::move(key));
            co_return kept;
        }
        case pay::bill_kind::not_ready:
            co_return without(bring_kind::not_ready, title + "微信还在生成，稍后再取");
        case pay::bill_kind::rate_limited:
            co_return without(bring_kind::not_ready, title + "请求过于频繁，稍后再取");
        case pay::bill_kind::refused:
            base::log::alarm(
                "reconcile.bill_not_given",
                {{"day", key.of.day}, {"merchant", key.of.mch_id}, {"code", got.why.code}}
            );
            co_return without(
                bring_kind::trouble, title + "微信不予提供：" + got.why.code.substr(0, code_shown)
            );
        case pay::bill_kind::unknown:
            break;
    }
    co_return without(bring_kind::not_ready, title + "没有取到，稍后再取");
}

}  // namespace flows
