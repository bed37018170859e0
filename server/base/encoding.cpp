#include "server/base/encoding.hpp"

#include <memory>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>

#include "server/base/error.hpp"

namespace base {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const unsigned char* raw(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* raw(std::string& bytes) {
    return reinterpret_cast<unsigned char*>(bytes.data());
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string digest(const EVP_MD* kind, std::string_view bytes) {
    std::string out(static_cast<std::size_t>(EVP_MD_size(kind)), '\0');
    unsigned size = 0;
    ensure(
        EVP_Digest(bytes.data(), bytes.size(), raw(out), &size, kind, nullptr) == 1, "EVP_Digest"
    );
    return out;
}

using cipher_context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;
constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = 16;

}  // namespace

std::string to_hex(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        const auto b = static_cast<unsigned char>(c);
        out += hex_digits[b >> 4U];
        out += hex_digits[b & 15U];
    }
    return out;
}

std::optional<std::string> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    std::string out;
    out.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hex_value(text[i]);
        const int low = hex_value(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
    }
    return out;
}

std::string to_base64(std::string_view bytes) {
    std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(raw(out), raw(bytes), static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') {
        ++padding;
    }
    const auto digits = text.substr(0, text.size() - padding);
    if (digits.find_first_not_of(base64_digits) != std::string_view::npos) return std::nullopt;
    std::string out;
    out.reserve(text.size() / 4 * 3);
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : digits) {
        bits = bits << 6U | static_cast<std::uint32_t>(base64_digits.find(c));
        count += 6;
        if (count >= 8) {
            count -= 8;
            out += static_cast<char>(bits >> static_cast<unsigned>(count) & 255U);
        }
    }
    return out;
}

std::string to_base64url(std::string_view bytes) {
    auto out = to_base64(bytes);
    while (!out.empty() && out.back() == '=') out.pop_back();
    for (auto& c : out) {
        if (c == '+') c = '-';
        if (c == '/') c = '_';
    }
    return out;
}

std::string sha1(std::string_view bytes) {
    return digest(EVP_sha1(), bytes);
}
std::string sha256(std::string_view bytes) {
    return digest(EVP_sha256(), bytes);
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
    std::string out(32, '\0');
    unsigned size = 0;
    const auto* done = HMAC(
        EVP_sha256(),
        key.data(),
        static_cast<int>(key.size()),
        raw(bytes),
        bytes.size(),
        raw(out),
        &size
    );
    ensure(done != nullptr && size == out.size(), "HMAC");
    return out;
}

std::string derive_key(std::string_view master, std::string_view purpose, std::size_t size) {
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context{
        EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nullptr), EVP_PKEY_CTX_free};
    std::string out(size, '\0');
    std::size_t got = size;
    const bool done =
        context && EVP_PKEY_derive_init(context.get()) == 1 &&
        EVP_PKEY_CTX_set_hkdf_md(context.get(), EVP_sha256()) == 1 &&
        EVP_PKEY_CTX_set1_hkdf_key(context.get(), raw(master), static_cast<int>(master.size())) ==
            1 &&
        EVP_PKEY_CTX_add1_hkdf_info(
            context.get(), raw(purpose), static_cast<int>(purpose.size())
        ) == 1 &&
        EVP_PKEY_derive(context.get(), raw(out), &got) == 1;
    ensure(done && got == size, "HKDF");
    return out;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string random_bytes(std::size_t count) {
    std::string out(count, '\0');
    ensure(RAND_bytes(raw(out), static_cast<int>(count)) == 1, "RAND_bytes");
    return out;
}

std::string random_token() {
    return to_hex(random_bytes(16));
}

std::uint32_t random_below(std::uint32_t bound) {
    if (bound == 0) throw error{errc::internal, "random_below needs a bound"};
    // Refuse the incomplete last range, so that every value is equally likely.
    const std::uint32_t limit = UINT32_MAX - UINT32_MAX % bound;
    for (;;) {
        std::uint32_t drawn = 0;
        ensure(
            RAND_bytes(reinterpret_cast<unsigned char*>(&drawn), sizeof drawn) == 1, "RAND_bytes"
        );
        if (drawn < limit) return drawn % bound;
    }
}

std::string seal(std::string_view key, std::string_view plain, std::string_view bound_to) {
    ensure(key.size() == 32, "AES-256 key size");
    const cipher_context context{EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free};
    const auto nonce = random_bytes(nonce_size);
    std::string text(plain.size(), '\0');
    std::string tag(tag_size, '\0');
    int size = 0;
    int tail = 0;
    const bool done =
        context &&
        EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, raw(key), raw(nonce)) == 1 &&
        EVP_EncryptUpdate(
            context.get(), nullptr, &size, raw(bound_to), static_cast<int>(bound_to.size())
        ) == 1 &&
        EVP_EncryptUpdate(
            context.get(), raw(text), &size, raw(plain), static_cast<int>(plain.size())
        ) == 1 &&
        EVP_EncryptFinal_ex(context.get(), raw(text) + size, &tail) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_size, raw(tag)) == 1;
    ensure(done, "AES-GCM seal");
    return nonce + text + tag;
}

std::optional<std::string> open_sealed(
    std::string_view key, std::string_view sealed, std::string_view bound_to
) {
    if (key.size() != 32 || sealed.size() < nonce_size + tag_size) return std::nullopt;
    const auto nonce = sealed.substr(0, nonce_size);
    const auto text = sealed.substr(nonce_size, sealed.size() - nonce_size - tag_size);
    std::string tag{sealed.substr(sealed.size() - tag_size)};
    const cipher_context context{EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free};
    std::string plain(text.size(), '\0');
    int size = 0;
    int tail = 0;
    const bool done =
        context &&
        EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, raw(key), raw(nonce)) == 1 &&
        EVP_DecryptUpdate(
            context.get(), nullptr, &size, raw(bound_to), static_cast<int>(bound_to.size())
        ) == 1 &&
        EVP_DecryptUpdate(
            context.get(), raw(plain), &size, raw(text), static_cast<int>(text.size())
        ) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_size, raw(tag)) == 1 &&
        EVP_DecryptFinal_ex(context.get(), raw(plain) + size, &tail) == 1;
    if (!done) return std::nullopt;
    return plain;
}

std::string percent_encode(std::string_view text) {
    constexpr std::string_view kept =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    constexpr std::string_view upper = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (kept.find(c) != std::string_view::npos) {
            out += c;
            continue;
        }
        const auto b = static_cast<unsigned char>(c);
        out += '%';
        out += upper[b >> 4U];
        out += upper[b & 15U];
    }
    return out;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus_is_space) {
            out += ' ';
        } else if (text[i] != '%') {
            out += text[i];
        } else {
            if (i + 2 >= text.size()) return std::nullopt;
            const int high = hex_value(text[i + 1]);
            const int low = hex_value(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            out += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    return out;
}

namespace {

// Size of the well-formed sequence at the start of `text`, 0 where there is none (Unicode, table
// 3-7: no overlong forms, no surrogates, nothing above U+10FFFF).
std::size_t sequence_size(std::string_view text) {
    const auto at = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
        return at(i) >= low && at(i) <= high;
    };
    const unsigned lead = at(0);
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return follows(1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
        const unsigned high = lead == 0xED ? 0x9F : 0xBF;
        return follows(1, low, high) && follows(2) ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
        const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
        return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

}  // namespace

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const auto size = sequence_size(text);
        if (size == 0) return false;
        text.remove_prefix(size);
    }
    return true;
}

std::size_t count_code_points(std::string_view text) {
    std::size_t count = 0;
    for (const char c : text) {
        if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++count;
    }
    return count;
}

}  // namespace base
