#include "wechat/pay/notice.hpp"

#include <utility>

#include "server/base/beijing.hpp"
#include "wechat/json.hpp"

namespace wechat::pay {
namespace {

constexpr std::string_view known_resource = "encrypt-resource";
constexpr std::string_view known_algorithm = "AEAD_AES_256_GCM";
constexpr std::string_view payment_event = "TRANSACTION.SUCCESS";
constexpr std::string_view refund_events = "REFUND.";

// How far a merchant's keys got with this delivery: the furthest verdict explains it best.
const merchant* whose(
    const std::vector<const merchant*>& merchants,
    const header_list& headers,
    std::string_view body,
    std::int64_t now_s,
    verification& checked
) {
    for (const auto* one : merchants) {
        auto now_checked = verify(one->keys(), headers, body, now_s);
        const bool further = now_checked.what == verdict::ok || now_checked.what > checked.what ||
                             checked.serial.empty();
        if (further) checked = std::move(now_checked);
        if (checked.ok()) return one;
    }
    return nullptr;
}

// The merchants that verified it too: two merchants of one school may share platform certificates.
std::optional<std::string> opened(
    const std::vector<const merchant*>& merchants,
    const notice& so_far,
    const json::value& resource,
    std::int64_t now_s,
    const merchant*& opener
) {
    const auto ciphertext = json::text_in(resource, "ciphertext");
    const auto nonce = json::text_in(resource, "nonce");
    const auto aad = json::text_in(resource, "associated_data");
    for (const auto* one : merchants) {
        if (!one->keys().find(so_far.checked.serial, now_s)) continue;
        auto plain = one->box().open(ciphertext, nonce, aad);
        if (!plain) continue;
        opener = one;
        return plain;
    }
    return std::nullopt;
}

notice unreadable(notice made, std::string reason) {
    made.kind = notice_kind::decrypt_failed;
    made.reason = std::move(reason);
    return made;
}

notice interpreted(notice made) {
    if (made.event_type == payment_event) {
        made.paid = read_trade(made.plaintext);
        if (!made.paid) return unreadable(std::move(made), "not a trade");
        made.kind = notice_kind::payment;
    } else if (made.event_type.starts_with(refund_events)) {
        made.refunded = read_refund(made.plaintext);
        if (!made.refunded) return unreadable(std::move(made), "not a refund");
        made.kind = notice_kind::refund;
    } else {
        made.kind = notice_kind::other_event;
    }
    return made;
}

}  // namespace

notice read_notice(
    const std::vector<const merchant*>& merchants,
    const header_list& headers,
    std::string_view body,
    std::int64_t now_s
) {
    notice made;
    made.who = whose(merchants, headers, body, now_s, made.checked);
    if (made.who == nullptr) return made;

    json::document root;
    if (!json::parse(root, body)) return unreadable(std::move(made), "not JSON");
    made.id = json::text_in(root, "id");
    made.event_type = json::text_in(root, "event_type");
    made.summary = json::text_in(root, "summary");
    made.create_time = base::parse_rfc3339(json::text_in(root, "create_time"));
    if (made.id.empty() || made.event_type.empty()) {
        return unreadable(std::move(made), "no id or event_type");
    }
    const auto* resource = json::object_in(root, "resource");
    if (resource == nullptr || json::text_in(root, "resource_type") != known_resource ||
        json::text_in(*resource, "algorithm") != known_algorithm) {
        return unreadable(std::move(made), "unknown kind of resource");
    }
    auto plain = opened(merchants, made, *resource, now_s, made.who);
    if (!plain) return unreadable(std::move(made), "not opened by the APIv3 key");
    made.plaintext = std::move(*plain);
    return interpreted(std::move(made));
}

}  // namespace wechat::pay
