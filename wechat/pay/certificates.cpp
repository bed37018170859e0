#include "wechat/pay/certificates.hpp"

#include <algorithm>
#include <utility>

#include "wechat/json.hpp"
#include "wechat/pay/key_ring.hpp"
#include "wechat/pay/verifier.hpp"

namespace wechat::pay {
namespace {

constexpr std::size_t certificate_count_max = 16;

certificates_reading ending(certificates_kind kind, std::string reason) {
    certificates_reading made;
    made.kind = kind;
    made.reason = std::move(reason);
    return made;
}

std::optional<certificate> opened(const json::value& row, const cipher& box) {
    const auto* sealed = json::object_in(row, "encrypt_certificate");
    if (sealed == nullptr) return std::nullopt;
    const auto pem = box.open(
        json::text_in(*sealed, "ciphertext"),
        json::text_in(*sealed, "nonce"),
        json::text_in(*sealed, "associated_data")
    );
    if (!pem) return std::nullopt;
    return certificate::from_pem(*pem);
}

bool same_serial(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        const auto upper = [](char c) {
            return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
        };
        return upper(x) == upper(y);
    });
}

}  // namespace

certificates_reading read_certificates(
    const header_list& headers, std::string_view body, const cipher& box, std::int64_t now_s
) {
    json::document root;
    if (!json::parse(root, body)) {
        return ending(certificates_kind::unreadable, "certificates: not JSON");
    }
    const auto* rows = json::array_in(root, "data");
    if (rows == nullptr || rows->Size() > certificate_count_max) {
        return ending(certificates_kind::unreadable, "certificates: no list");
    }

    certificates_reading made;
    key_ring ring;
    for (const auto& row : rows->GetArray()) {
        auto found = opened(row, box);
        if (!found) {
            return ending(
                certificates_kind::unreadable, "certificates: not opened by the APIv3 key"
            );
        }
        if (!same_serial(found->serial, json::text_in(row, "serial_no"))) {
            return ending(certificates_kind::unreadable, "certificates: serial differs");
        }
        ring.add(*found);
        if (found->not_after_s >= now_s) made.found.push_back(std::move(*found));
    }
    if (made.found.empty()) {
        return ending(certificates_kind::unreadable, "certificates: none is valid");
    }
    const auto checked = verify(ring, headers, body, now_s);
    if (!checked.ok()) {
        return ending(
            certificates_kind::unverifiable, "certificates: " + std::string{name_of(checked.what)}
        );
    }
    made.kind = certificates_kind::read;
    return made;
}

}  // namespace wechat::pay
