#include "server/flows/order_life.hpp"

#include <utility>

#include "server/base/clock.hpp"
#include "server/base/error.hpp"

namespace flows {
namespace {

std::string_view name_of(wechat_word word) {
    switch (word) {
        case wechat_word::paid:
            return "paid";
        case wechat_word::not_paid:
            return "not_paid";
        case wechat_word::closed:
            return "closed";
        case wechat_word::unknown:
            break;
    }
    return "unknown";
}

std::vector<std::string> differences(const order_story& before, const order_story& after) {
    std::vector<std::string> out;
    if (before.order.state != after.order.state) {
        out.push_back(
            "订单由“" + std::string{chinese_name_of(before.order.state)} + "”变为“" +
            std::string{chinese_name_of(after.order.state)} + "”"
        );
    }
    if (!before.life.payment && after.life.payment) {
        out.push_back("收款" + base::to_grouped_yuan(after.life.payment->amount) + "元已入账");
    }
    if (before.order.attention != after.order.attention && !after.order.attention.empty()) {
        out.emplace_back("订单有需要核实的情况");
    }
    return out;
}

}  // namespace

std::string_view chinese_name_of(rules::order_state state) {
    switch (state) {
        case rules::order_state::opened:
            return "待支付（未到微信）";
        case rules::order_state::awaiting:
            return "待支付";
        case rules::order_state::paid:
            return "已支付";
        case rules::order_state::closed:
            return "已关闭";
        case rules::order_state::paid_late:
            return "关闭后到账";
    }
    return "";
}

base::task<order_story> story_of_order(
    parts& with, const console_visitor& who, std::string order_no
) {
    const auto unit = [&](db::connection& db) {
        order_story out;
        auto found = db::find_listed_order(db, order_no, who.scope().colleges);
        if (!found) throw base::error{base::errc::order_not_found};
        out.order = std::move(*found);
        out.life = db::life_of_order(db, out.order);
        out.refunds.reserve(out.life.refund_numbers.size());
        for (const auto& number : out.life.refund_numbers) {
            auto one = db::find_listed_refund(db, number, {});
            if (one) out.refunds.push_back(std::move(*one));
        }
        return out;
    };
    auto out = co_await with.pool.read(unit);
    out.id_number =
        with.vault.open_id_number(out.order.student.person_id, out.life.id_number_sealed)
            .value_or("");
    co_return out;
}

base::task<asked_wechat> ask_wechat_now(
    parts& with, const console_visitor& who, std::string order_no
) {
    const auto before = co_await story_of_order(with, who, order_no);
    const auto find = [&](db::connection& db) { return db::find_order(db, order_no); };
    auto about = co_await with.pool.read(find);
    if (!about) throw base::error{base::errc::order_not_found};
    asked_wechat out;
    out.word = co_await ask_wechat(with, std::move(*about));
    const auto now = base::now_ms();
    const auto note = [&](db::connection& db) {
        db::append_audit(db, deed_of(who, "order.ask_wechat", order_no, name_of(out.word)), now);
    };
    co_await with.pool.transact(note);
    out.story = co_await story_of_order(with, who, order_no);
    out.changed = differences(before, out.story);
    co_return out;
}

}  // namespace flows
