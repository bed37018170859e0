#include "tests/bench/reconcile/big_day.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/wechat/bill_bytes.hpp"

namespace big_day {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view trade_head =
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,"
    "付款银"
    "行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,"
    "退款类型,退款状态"
    ",商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n";
constexpr std::string_view trade_totals =
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,"
    "申请退款总金额\r\n";
constexpr std::string_view flow_head =
    "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),"
    "资金变更提"
    "交申请人,备注,业务凭证号\r\n";
constexpr std::string_view flow_totals = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额\r\n";

// Every payment is 5,300.00 and its fee 31.80.
constexpr std::int64_t amount = 530'000;
constexpr std::int64_t fee = 3'180;

std::string yuan(std::int64_t fen) {
    return fmt::format("{}.{:02}", fen / 100, fen % 100);
}

std::string time_of(int number) {
    return fmt::format(
        "2026-11-22 {:02}:{:02}:{:02}", number / 3600 % 24, number / 60 % 60, number % 60
    );
}

void write_file(const fs::path& path, const std::string& bytes) {
    std::ofstream{path, std::ios::binary} << bytes;
}

std::string read_file(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

std::string trade_text(int payments) {
    std::string out{trade_head};
    for (int i = 1; i <= payments; ++i) {
        out += fmt::format(
            "`{},`wx0000000000000000,`{},`0,`,`4200{:024},`CP{:020},`oInventedInventedInvented{:06}"
            ","
            "`JSAPI,`SUCCESS,`OTHERS,`CNY,`5300.00,`0.00,`0,`0,`0.00,`0.00,`,`,`学费,`,`31.80000,"
            "`0.60%,`5300.00,`0.00,`\r\n",
            time_of(i),
            mch_id,
            i,
            i,
            i
        );
    }
    const auto total = yuan(amount * payments);
    return out + std::string{trade_totals} +
           fmt::format(
               "`{},`{},`0.00,`0.00,`{}000,`{},`0.00\r\n",
               payments,
               total,
               yuan(fee * payments),
               total
           );
}

std::string flow_text(int payments) {
    std::string out{flow_head};
    std::int64_t balance = 0;
    for (int i = 1; i <= payments; ++i) {
        const auto row = [&](std::string_view name, std::string_view way, std::int64_t fen, int part
                         ) {
            balance += way == "收入" ? fen : -fen;
            out += fmt::format(
                "`{},`4200{:024},`{:028},`{},`{},`{},`{},`{},`system,`,`CP{:020}\r\n",
                time_of(i),
                i,
                2 * i + part,
                name,
                name,
                way,
                yuan(fen),
                yuan(balance),
                i
            );
        };
        row("交易", "收入", amount, 0);
        row("扣除交易手续费", "支出", fee, 1);
    }
    return out + std::string{flow_totals} +
           fmt::format(
               "`{}.0,`{}.0,`{},`{}.0,`{}\r\n",
               2 * payments,
               payments,
               yuan(amount * payments),
               payments,
               yuan(fee * payments)
           );
}

void make_in(const fs::path& folder, int payments) {
    const auto keep = [&](const std::string& name, const std::string& text) {
        const auto plain = "\xef\xbb\xbf" + text;
        write_file(folder / (name + ".gz"), bill_bytes::gzip(plain));
        write_file(folder / (name + ".sha1"), bill_bytes::sha1_hex(plain));
    };
    keep("trade", trade_text(payments));
    keep("flow", flow_text(payments));
}

}  // namespace

bills make_bills(int payments) {
    auto place = (fs::temp_directory_path() / "campuspay-bench-XXXXXX").string();
    if (::mkdtemp(place.data()) == nullptr) throw std::runtime_error{"mkdtemp"};
    const fs::path folder{place};
    const auto child = ::fork();
    if (child == 0) {
        make_in(folder, payments);
        ::_exit(0);
    }
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child || status != 0) {
        throw std::runtime_error{"the bills could not be made"};
    }
    bills out{
        read_file(folder / "trade.gz"),
        read_file(folder / "trade.sha1"),
        read_file(folder / "flow.gz"),
        read_file(folder / "flow.sha1")};
    fs::remove_all(folder);
    return out;
}

void fill_books(const support::private_database& into, int payments) {
    // MariaDB's own numbers 1, 2, 3, … as a table.
    const auto numbers = fmt::format("seq_1_to_{}", payments);
    into.execute(fmt::format(
        "INSERT INTO payments (id, mch_id, transaction_id, order_no, amount_fen, paid_ms, "
        "learnt_by, state, surplus_fen, booked_ms) SELECT seq, '{0}', CONCAT('4200', LPAD(seq, 24, "
        "'0')), CONCAT('CP', LPAD(seq, 20, '0')), 530000, 1795276800000 + seq * 500, 'notice', "
        "'settled', 0, 0 FROM {1};"
        "INSERT INTO ledger_journals (id, kind, business_key, booked_ms, seq, value_ms, hash) "
        "SELECT seq, 'payment', CONCAT('payment:CP', LPAD(seq, 20, '0')), 0, seq, 1795276800000 + "
        "seq * 500, REPEAT('x', 32) FROM {1};"
        "INSERT INTO ledger_entries (journal_id, line_no, account, amount_fen) "
        "SELECT seq, 1, 'fee:1', -530000 FROM {1} UNION ALL SELECT seq, 2, 'provider:{0}', 530000 "
        "FROM {1};"
        "UPDATE ledger_chain SET seq = {2}",
        mch_id,
        numbers,
        payments
    ));
}

}  // namespace big_day
