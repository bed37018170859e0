export { default as Me } from './me/Me.vue'
