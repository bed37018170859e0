export { default as Setup } from './Setup.vue'
