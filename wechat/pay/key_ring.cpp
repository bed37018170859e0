#include "wechat/pay/key_ring.hpp"

#include "server/base/error.hpp"

namespace wechat::pay {
namespace {

constexpr std::string_view public_key_prefix = "PUB_KEY_ID_";

bool names_public_key(std::string_view serial) {
    return serial.starts_with(public_key_prefix);
}

// Public-key ids are exact; certificate serials are numbers written in hex.
std::string normal(std::string_view serial) {
    if (names_public_key(serial)) return std::string{serial};
    while (serial.starts_with('0')) serial.remove_prefix(1);
    std::string out{serial};
    for (char& c : out) {
        if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
    }
    return out;
}

bool is_valid(const key_ring::entry& one, std::int64_t now_s) {
    if (!one.is_certificate) return true;
    return one.not_before_s <= now_s && now_s <= one.not_after_s;
}

}  // namespace

std::shared_ptr<const key_ring::table> key_ring::snapshot() const {
    const std::lock_guard hold{guard_};
    return entries_;
}

void key_ring::add_pem(std::string_view serial, std::string_view pem) {
    if (names_public_key(serial)) {
        const auto key = public_key::from_pem(pem);
        const std::lock_guard hold{guard_};
        auto next = std::make_shared<table>(*entries_);
        next->insert_or_assign(std::string{serial}, entry{key, false, 0, 0});
        entries_ = std::move(next);
        return;
    }
    const auto found = certificate::from_pem(pem);
    if (!found || normal(found->serial) != normal(serial)) {
        throw base::error{
            base::errc::conf_invalid,
            "platform key: neither PUB_KEY_ID_… nor the serial of a readable certificate"};
    }
    add(*found);
}

void key_ring::add(const certificate& found) {
    const std::lock_guard hold{guard_};
    auto next = std::make_shared<table>(*entries_);
    next->insert_or_assign(
        normal(found.serial), entry{found.key, true, found.not_before_s, found.not_after_s}
    );
    entries_ = std::move(next);
}

void key_ring::drop_expired(std::int64_t now_s) {
    const std::lock_guard hold{guard_};
    auto next = std::make_shared<table>(*entries_);
    std::erase_if(*next, [now_s](const auto& row) {
        return row.second.is_certificate && row.second.not_after_s < now_s;
    });
    entries_ = std::move(next);
}

std::optional<public_key> key_ring::find(std::string_view serial, std::int64_t now_s) const {
    const auto entries = snapshot();
    const auto found = entries->find(normal(serial));
    if (found == entries->end() || !is_valid(found->second, now_s)) return std::nullopt;
    return found->second.key;
}

std::string key_ring::preferred_serial(std::int64_t now_s) const {
    const auto entries = snapshot();
    std::string best;
    std::int64_t best_from = 0;
    for (const auto& [serial, one] : *entries) {
        if (!one.is_certificate) return serial;
        if (!is_valid(one, now_s)) continue;
        if (best.empty() || one.not_before_s > best_from) {
            best = serial;
            best_from = one.not_before_s;
        }
    }
    return best;
}

bool key_ring::has_public_key() const {
    const auto entries = snapshot();
    for (const auto& row : *entries) {
        if (!row.second.is_certificate) return true;
    }
    return false;
}

bool key_ring::empty() const {
    return snapshot()->empty();
}

}  // namespace wechat::pay
