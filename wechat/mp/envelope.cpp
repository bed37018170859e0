#include "wechat/mp/envelope.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"

namespace wechat::mp {
namespace {

constexpr std::size_t key_size = 32;
constexpr std::size_t encoded_key_size = 43;
constexpr std::size_t aes_block = 16;
constexpr std::size_t pad_block = 32;
constexpr std::size_t random_size = 16;
constexpr std::size_t head_size = random_size + 4;

using context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

unsigned char* raw(std::string& bytes) {
    return reinterpret_cast<unsigned char*>(bytes.data());
}
const unsigned char* raw(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::string signature_of(std::vector<std::string_view> parts) {
    std::sort(parts.begin(), parts.end());  // by bytes; char_traits<char> compares unsigned
    std::string joined;
    for (const auto part : parts) joined += part;
    return base::to_hex(base::sha1(joined));
}

// AES-256-CBC with the IV of the protocol, without OpenSSL's padding: ours goes up to 32 bytes.
std::string crypt(const std::string& key, std::string_view in, bool encrypting) {
    const context held{EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free};
    auto* c = held.get();
    std::string out(in.size() + aes_block, '\0');
    int size = 0;
    int rest = 0;
    const bool done =
        c != nullptr &&
        EVP_CipherInit_ex(
            c,
            EVP_aes_256_cbc(),
            nullptr,
            raw(std::string_view{key}),
            raw(std::string_view{key}),
            encrypting ? 1 : 0
        ) == 1 &&
        EVP_CIPHER_CTX_set_padding(c, 0) == 1 &&
        EVP_CipherUpdate(c, raw(out), &size, raw(in), static_cast<int>(in.size())) == 1 &&
        EVP_CipherFinal_ex(c, raw(out) + size, &rest) == 1;
    base::ensure(done, "AES-256-CBC over whole blocks");
    out.resize(static_cast<std::size_t>(size) + static_cast<std::size_t>(rest));
    return out;
}

std::uint32_t big_endian(std::string_view four) {
    std::uint32_t value = 0;
    for (const char c : four) value = value << 8U | static_cast<unsigned char>(c);
    return value;
}

// Size without padding; nullopt when the padding is not p times p, 1 ≤ p ≤ 32.
std::optional<std::size_t> unpadded_size(std::string_view plain) {
    const std::size_t count = static_cast<unsigned char>(plain.back());
    if (count < 1 || count > pad_block || count > plain.size()) return std::nullopt;
    const auto tail = plain.substr(plain.size() - count);
    if (tail.find_first_not_of(plain.back()) != std::string_view::npos) return std::nullopt;
    return plain.size() - count;
}

unsealed ending(unseal_kind what) {
    unsealed made;
    made.what = what;
    return made;
}

}  // namespace

std::string callback_signature(
    std::string_view token, std::string_view timestamp, std::string_view nonce
) {
    return signature_of({token, timestamp, nonce});
}

std::string message_signature(
    std::string_view token,
    std::string_view timestamp,
    std::string_view nonce,
    std::string_view encrypted
) {
    return signature_of({token, timestamp, nonce, encrypted});
}

std::optional<base::secret> decode_aes_key(std::string_view encoding_aes_key) {
    const bool letters = std::all_of(encoding_aes_key.begin(), encoding_aes_key.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    });
    if (encoding_aes_key.size() != encoded_key_size || !letters) return std::nullopt;
    // 43 characters carry two bits too many, and a key typed by hand may have them set: OpenSSL's
    // decoder drops them. It also counts a byte for the "=".
    const auto padded = std::string{encoding_aes_key} + "=";
    std::string key(key_size + 1, '\0');
    const int size =
        EVP_DecodeBlock(raw(key), raw(std::string_view{padded}), static_cast<int>(padded.size()));
    if (size != static_cast<int>(key.size())) return std::nullopt;
    key.resize(key_size);
    return base::secret{std::move(key)};
}

unsealed unseal(const base::secret& aes_key, std::string_view app_id, std::string_view encrypted) {
    const auto sealed = base::from_base64(encrypted);
    if (!sealed) return ending(unseal_kind::bad_base64);
    if (sealed->empty() || sealed->size() % aes_block != 0) {
        return ending(unseal_kind::bad_ciphertext);
    }
    const auto plain = crypt(aes_key.reveal(), *sealed, false);
    const auto size = unpadded_size(plain);
    if (!size) return ending(unseal_kind::bad_padding);
    const auto whole = std::string_view{plain}.substr(0, *size);
    if (whole.size() < head_size) return ending(unseal_kind::bad_length);
    const std::size_t message_size = big_endian(whole.substr(random_size, 4));
    const auto rest = whole.substr(head_size);
    if (message_size > rest.size()) return ending(unseal_kind::bad_length);
    if (!base::equal_in_constant_time(rest.substr(message_size), app_id)) {
        return ending(unseal_kind::appid_mismatch);
    }
    auto made = ending(unseal_kind::ok);
    made.message = rest.substr(0, message_size);
    return made;
}

std::string seal(
    const base::secret& aes_key,
    std::string_view app_id,
    std::string_view message,
    std::string_view random16
) {
    base::ensure(random16.size() == random_size, "16 random bytes precede the message");
    std::string plain{random16};
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
        plain += static_cast<char>(message.size() >> shift & 0xFFU);
    }
    plain.append(message).append(app_id);
    const std::size_t count = pad_block - plain.size() % pad_block;
    plain.append(count, static_cast<char>(count));
    return base::to_base64(crypt(aes_key.reveal(), plain, true));
}

}  // namespace wechat::mp
