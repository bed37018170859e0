#include "wechat/pay/cipher.hpp"

#include <memory>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"

namespace wechat::pay {
namespace {

constexpr std::size_t key_size = 32;
constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = 16;

unsigned char* raw(std::string& bytes) {
    return reinterpret_cast<unsigned char*>(bytes.data());
}
const unsigned char* raw(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::optional<std::string> open_with(
    const std::string& key, std::string_view sealed, std::string_view nonce, std::string_view aad
) {
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context{
        EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free};
    auto* c = context.get();
    const auto data = sealed.substr(0, sealed.size() - tag_size);
    std::string tag{sealed.substr(data.size())};
    std::string plain(data.size() + tag_size, '\0');
    int size = 0;
    int ignored = 0;
    const bool authentic =
        c != nullptr &&
        EVP_DecryptInit_ex(c, EVP_aes_256_gcm(), nullptr, raw(key), raw(nonce)) == 1 &&
        (aad.empty() ||
         EVP_DecryptUpdate(c, nullptr, &ignored, raw(aad), static_cast<int>(aad.size())) == 1) &&
        EVP_DecryptUpdate(c, raw(plain), &size, raw(data), static_cast<int>(data.size())) == 1 &&
        EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, tag_size, tag.data()) == 1 &&
        // This is the authentication: what came out before it proves nothing.
        EVP_DecryptFinal_ex(c, raw(plain) + size, &ignored) == 1;
    if (!authentic) {
        ERR_clear_error();
        return std::nullopt;
    }
    plain.resize(static_cast<std::size_t>(size));
    return plain;
}

}  // namespace

cipher::cipher(const base::secret& api_v3_key, const base::secret& previous_api_v3_key) {
    keys_.push_back(api_v3_key);
    if (!previous_api_v3_key.empty()) keys_.push_back(previous_api_v3_key);
    for (const auto& key : keys_) {
        if (key.reveal().size() != key_size) {
            throw base::error{base::errc::conf_invalid, "an APIv3 key has 32 characters"};
        }
    }
}

std::optional<std::string> cipher::open(
    std::string_view ciphertext_base64, std::string_view nonce, std::string_view associated_data
) const {
    if (nonce.size() != nonce_size) return std::nullopt;
    const auto sealed = base::from_base64(ciphertext_base64);
    if (!sealed || sealed->size() < tag_size) return std::nullopt;
    for (const auto& key : keys_) {
        auto plain = open_with(key.reveal(), *sealed, nonce, associated_data);
        if (plain) return plain;
    }
    return std::nullopt;
}

}  // namespace wechat::pay
