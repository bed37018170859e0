#pragma once

#include <memory>
#include <string>

#include <cairo.h>
#include <pango/pangocairo.h>

// What Cairo and Pango give out, given back by itself.
namespace paper {

template <auto Release>
struct releaser {
    template <class Thing>
    void operator()(Thing* what) const {
        Release(what);
    }
};
using surface = std::unique_ptr<cairo_surface_t, releaser<cairo_surface_destroy>>;
using pen = std::unique_ptr<cairo_t, releaser<cairo_destroy>>;
using layout = std::unique_ptr<PangoLayout, releaser<g_object_unref>>;
using font = std::unique_ptr<PangoFontDescription, releaser<pango_font_description_free>>;

// For Cairo's …_to_stream: `into` is a std::string.
inline cairo_status_t append(void* into, const unsigned char* bytes, unsigned count) {
    // NOLINTNEXTLINE(*-reinterpret-cast): Cairo writes bytes
    static_cast<std::string*>(into)->append(reinterpret_cast<const char*>(bytes), count);
    return CAIRO_STATUS_SUCCESS;
}

}  // namespace paper
