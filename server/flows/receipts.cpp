#include "server/flows/receipts.hpp"

#include <cctype>

#include "server/base/beijing.hpp"
#include "server/base/clock.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/base/log.hpp"
#include "server/flows/aside.hpp"
#include "server/flows/throttle.hpp"
#include "server/paper/qr_code.hpp"
#include "server/paper/receipt.hpp"
#include "server/rules/capitals.hpp"
#include "server/rules/masks.hpp"

namespace flows {
namespace {

constexpr std::string_view number_prefix = "PZ";
constexpr std::size_t code_letters = 16;  // of 5 bits each
// A company's desk checks the papers of many; nobody guesses 80 bits.
constexpr int verified_per_address_max = 300;

std::string number_of(const db::order& one) {
    return std::string{number_prefix} + one.order_no;
}

// Every figure that cannot change any more. What goes back later is looked up, not vouched for.
std::string vouched_for(const db::order& one) {
    std::string out = "1\n" + one.order_no + '\n' + one.transaction_id + '\n' +
                      std::to_string(one.paid_at.value_or(0)) + '\n' + one.merchant_name + '\n' +
                      std::to_string(one.amount.count());
    for (const auto& line : one.lines) {
        out +=
            '\n' + line.period + '\n' + line.item_name + '\n' + std::to_string(line.amount.count());
    }
    return out;
}

std::string plain_code(const parts& with, const db::order& one) {
    constexpr std::string_view letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    const auto hash = with.vault.keyed_hash("receipt", vouched_for(one));
    std::string out;
    for (std::size_t i = 0; i < code_letters; ++i) {
        out += letters[static_cast<unsigned char>(hash[i]) % letters.size()];
    }
    return out;
}

std::string in_fours(const std::string& code) {
    std::string out;
    for (std::size_t i = 0; i < code.size(); i += 4) {
        out += (i == 0 ? "" : "-") + code.substr(i, 4);
    }
    return out;
}

// As typed by hand: blanks and dashes between, small letters.
std::string letters_of(std::string_view typed) {
    std::string out;
    for (const unsigned char c : typed) {
        if (std::isalnum(c) != 0) out += static_cast<char>(std::toupper(c));
    }
    return out;
}

base::fen refunded_of(const db::order& one) {
    base::fen out;
    for (const auto& each : one.refunds) {
        if (each.state == rules::refund_state::success) out += each.amount;
    }
    return out;
}

std::string second_text(base::epoch_ms instant) {
    auto out = base::to_rfc3339(instant).substr(0, 19);
    out[10] = ' ';
    return out;
}

std::string yuan(base::fen amount) {
    return "¥" + base::to_grouped_yuan(amount);
}

paper::receipt_sheet sheet_of(const parts& with, const receipt& shown) {
    const auto& order = shown.order;
    const auto& payer = shown.payer;
    paper::receipt_sheet out;
    out.school = with.conf.school.name;
    out.platform = with.conf.school.platform;
    out.title = "电子缴费凭证";
    out.number = shown.number;
    if (!payer.student_no.empty()) out.payer.emplace_back("学号", payer.student_no);
    out.payer.emplace_back("姓名", payer.name);
    if (!payer.college.empty()) out.payer.emplace_back("学院", payer.college);
    if (!payer.class_name.empty()) out.payer.emplace_back("班级", payer.class_name);
    for (const auto& line : order.lines) {
        out.lines.push_back({line.period, line.item_name, base::to_grouped_yuan(line.amount)});
    }
    out.total = yuan(order.amount);
    out.total_in_capitals = rules::in_capitals(order.amount);
    if (shown.refunded > base::fen{}) {
        out.refunded = "截至开具日，其中 " + yuan(shown.refunded) + " 已退款（" +
                       rules::in_capitals(shown.refunded) + "）";
    }
    out.payment = {
        {"收款单位", order.merchant_name},
        {"支付方式", "微信支付"},
        {"支付时间", second_text(order.paid_at.value_or(0))},
        {"开具日期", base::to_text(base::business_day_of(shown.issued_at))},
        {"订单号", order.order_no},
        {"交易单号", order.transaction_id}};
    out.verify_address = shown.verify_address;
    out.verify_code = shown.code;
    out.notes = {
        "扫描右侧二维码，或打开 " + with.page("/h5/verify") +
            " 填写订单号和查验码，核对金额、项目和退款情况。",
        "本凭证由平台按支付结果生成，用于证明缴费，不代替财政票据或发票。"};
    if (!with.conf.school.help.empty()) out.notes.push_back(with.conf.school.help);
    out.issued_at = shown.issued_at;
    return out;
}

std::optional<db::order> find_with_refunds(db::connection& db, const std::string& order_no) {
    const auto found = db::find_order(db, order_no);
    if (!found) return std::nullopt;
    return db::find_own_order(db, order_no, found->person_id);
}

}  // namespace

base::task<receipt> receipt_of(parts& with, visitor who, std::string order_no) {
    if (!who.person_id) throw base::error{base::errc::not_signed_in};
    const auto person_id = *who.person_id;
    std::optional<db::order> order;
    std::optional<db::person> payer;
    const auto unit = [&](db::connection& db) {
        order = db::find_own_order(db, order_no, person_id);
        payer = db::find_person(db, person_id);
        return true;
    };
    co_await with.pool.read(unit);
    if (!order || !payer) throw base::error{base::errc::order_not_found};
    if (!rules::has_money(order->state)) throw base::error{base::errc::receipt_not_possible};
    receipt out;
    out.order = std::move(*order);
    out.payer = std::move(*payer);
    if (who.level != db::sign_in_level::own) out.payer.name = rules::masked_name(out.payer.name);
    out.number = number_of(out.order);
    out.refunded = refunded_of(out.order);
    out.issued_at = base::now_ms();
    out.code = in_fours(plain_code(with, out.order));
    out.verify_address = with.page("/h5/verify#n=" + out.order.order_no + "&c=" + out.code);
    co_return out;
}

std::string qr_of(const receipt& shown) {
    return paper::to_svg(paper::qr_code{shown.verify_address});
}

base::task<std::string> receipt_pdf(parts& with, receipt shown) {
    const auto sheet = sheet_of(with, shown);
    const auto draw = [&sheet] { return paper::receipt_pdf(sheet); };
    auto pdf = co_await with.heavy->run<std::string>(draw);
    co_return pdf;
}

base::task<genuine_receipt> verify_receipt(
    parts& with, std::string number, std::string code, std::string address
) {
    co_await count_by_address(with, "receipt", address, verified_per_address_max);
    const auto typed = letters_of(number);
    genuine_receipt out;
    std::optional<db::order> found;
    const auto unit = [&](db::connection& db) {
        found = find_with_refunds(db, typed);
        if (!found && typed.rfind(number_prefix, 0) == 0) {
            found = find_with_refunds(db, typed.substr(number_prefix.size()));
        }
        if (found) out.masked_name = rules::masked_name(db::find_name(db, found->person_id));
        return true;
    };
    co_await with.pool.read(unit);
    const bool genuine = found && rules::has_money(found->state) &&
                         base::equal_in_constant_time(letters_of(code), plain_code(with, *found));
    if (!genuine) {
        base::log::info("receipt.not_genuine");
        throw base::error{base::errc::receipt_not_genuine};
    }
    out.order = std::move(*found);
    out.number = number_of(out.order);
    out.refunded = refunded_of(out.order);
    co_return out;
}

}  // namespace flows
